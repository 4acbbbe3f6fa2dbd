/** A clean room whose process is killed leaves no process and no mount. The next room that is made removes its folder. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { roomsFolder, whyNot } from './base.ts';

const WITHIN_MS = 10_000;
const reason = await whyNot('trixie');

/** The processes that have the folder as their root. */
function processesIn(folder: string): string[] {
  const root = (pid: string) => {
    try {
      return readlinkSync(`/proc/${pid}/root`);
    } catch {
      return undefined; // the process has ended meanwhile
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && root(name) === folder);
}

async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!condition() && performance.now() < end) await sleep(100);
  return condition();
}

test.skipIf(reason !== undefined)(
  `leaves nothing when it is killed during set-up${reason === undefined ? '' : `: ${reason}`}`,
  {
    timeout: 20 * 60_000,
  },
  async () => {
    const script = ['--import', 'tsx', fileURLToPath(new URL('clean-room.ts', import.meta.url)), 'trixie'];
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const cwd = fileURLToPath(new URL('../..', import.meta.url));
      const child = execa(process.execPath, script, { cwd, reject: false });
      let said = '';
      child.stdout.on('data', (text: Buffer) => {
        said += text;
      });
      const room = join(roomsFolder(), `room-${child.pid}-trixie`);
      expect(await until(() => said.includes('set-up: installing'), 10 * 60_000), said).toBe(true);
      expect(await until(() => processesIn(room).length > 0, WITHIN_MS)).toBe(true);
      child.kill(signal);
      await child;
      expect(await until(() => processesIn(room).length === 0, WITHIN_MS), signal).toBe(true);
      expect(readFileSync('/proc/self/mountinfo', 'utf8'), signal).not.toContain(room);
      if (signal === 'SIGTERM') expect(existsSync(room)).toBe(false);
    }
    expect(readdirSync(roomsFolder()).filter((name) => name.startsWith('room-') && !isAlive(name))).toEqual([]);
  },
);

function isAlive(name: string): boolean {
  return existsSync(`/proc/${name.split('-')[1]}`);
}
