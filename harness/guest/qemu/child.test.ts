import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChild } from './child.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-child-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A script that starts `sleep` as its child, with the same pipes, and writes the pid of that into a file. */
async function wrapper(end: string): Promise<{ readonly file: string; readonly pidOfSleep: () => Promise<number> }> {
  const file = join(folder, `wrapper-${Math.random()}`);
  await writeFile(file, `#!/bin/sh\nsleep 300 & echo $! >${file}.pid\n${end}\n`);
  await chmod(file, 0o755);
  return {
    file,
    async pidOfSleep() {
      for (;;) {
        const text = (() => {
          try {
            return readFileSync(`${file}.pid`, 'utf8');
          } catch {
            return ''; // not yet
          }
        })();
        if (text.endsWith('\n')) return Number(text);
        await sleep(20);
      }
    },
  };
}

function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

test('what a wrapper script leaves behind neither holds up its exit nor outlives it', async () => {
  const { file, pidOfSleep } = await wrapper('echo said; exit 3');
  const startedAt = performance.now();
  const exit = await startChild(file, []).exited;
  expect(exit).toEqual({ code: 3, signal: null, output: 'said\n', error: undefined });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  await expect.poll(async () => runs(await pidOfSleep())).toBe(false);
});

test('the child of a wrapper script is ended with it', async () => {
  const { file, pidOfSleep } = await wrapper('wait');
  const child = startChild(file, []);
  const pid = await pidOfSleep();
  expect(runs(pid)).toBe(true);
  await child.end();
  expect((await child.exited).signal).toBe('SIGKILL');
  await expect.poll(() => runs(pid)).toBe(false);
  await child.end(); // once more is harmless
});

test('all output of a program that exits at once is kept', async () => {
  const exit = await startChild('sh', ['-c', 'seq 5000; echo last >&2; exit 7']).exited;
  expect(exit.code).toBe(7);
  expect(exit.output).toContain('\n5000\n');
  expect(exit.output).toContain('last\n');
});
