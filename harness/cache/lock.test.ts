import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that takes the lock, writes "in" to the log, holds the lock for a while and writes "out". */
function holder(holdMs: number) {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    await withLock(${JSON.stringify(join(folder, 'lock'))}, { awaited: 'a test' }, async () => {
      appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'in\\n');
      await new Promise((resolve) => setTimeout(resolve, ${holdMs}));
      appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'out\\n');
    });`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: 'inherit' });
}

async function log(): Promise<string[]> {
  const text = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

async function killedHolder(): Promise<void> {
  const child = holder(60_000);
  while ((await log()).length === 0) await sleep(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await rm(join(folder, 'log'));
}

test('processes hold the lock one after another', async () => {
  const exits = await Promise.all([1, 2, 3, 4].map(() => once(holder(30), 'exit')));
  expect(exits.map(([code]) => code)).toEqual([0, 0, 0, 0]);
  expect(await log()).toEqual(['in', 'out', 'in', 'out', 'in', 'out', 'in', 'out']);
  expect(await readdir(folder)).toEqual(['log']);
});

test('the lock of a killed process is taken over, by one waiter at a time', async () => {
  await killedHolder();
  await Promise.all([1, 2, 3, 4].map(() => once(holder(30), 'exit')));
  expect(await log()).toEqual(['in', 'out', 'in', 'out', 'in', 'out', 'in', 'out']);
});

test('a process killed in the middle of a takeover does not block the lock for good', async () => {
  await killedHolder();
  await writeFile(join(folder, 'lock.takeover'), await readFile(join(folder, 'lock')));
  await withLock(join(folder, 'lock'), { awaited: 'a test' }, () => appendFile(join(folder, 'log'), 'in\n'));
  expect(await log()).toEqual(['in']);
});

test('many waiters of one process share a stale lock without meeting', async () => {
  await killedHolder();
  let inside = 0;
  let most = 0;
  const one = () =>
    withLock(join(folder, 'lock'), { awaited: 'a test' }, async () => {
      most = Math.max(most, ++inside);
      await sleep(2);
      inside--;
    });
  await Promise.all(Array.from({ length: 20 }, one));
  expect(most).toBe(1);
});

test('waiting for more than two seconds says once what for and for whom, and ends when it is interrupted', async () => {
  const interruption = new AbortController();
  const told: string[] = [];
  await withLock(join(folder, 'lock'), { awaited: 'a test' }, async () => {
    const onWait = (message: string) => {
      told.push(message);
      setTimeout(() => interruption.abort(), 250);
    };
    const waiter = withLock(
      join(folder, 'lock'),
      { awaited: 'the first', signal: interruption.signal, onWait },
      async () => 1,
    );
    await expect(waiter).rejects.toMatchObject({
      code: 'KC_INTERRUPTED',
      message: expect.stringContaining('the first'),
    });
  });
  expect(told).toEqual([
    expect.stringMatching(new RegExp(`^waiting for the first: process ${process.pid} \\(.*holds .*lock$`)),
  ]);
  expect(await readdir(folder)).toEqual([]);
});
