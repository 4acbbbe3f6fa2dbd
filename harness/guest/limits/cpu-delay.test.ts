import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { CpuDelay } from './cpu-delay.ts';
import { patience } from './limit.ts';

/** A process on the first CPU of those we may use, until the test ends. */
function onOneCpu(script: string): number {
  const child = spawn('taskset', ['-c', '0', 'sh', '-c', script]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child.pid ?? -1;
}

test('processes that share a CPU wait for it; one that sleeps does not', async () => {
  const busy = onOneCpu('while :; do :; done');
  onOneCpu('while :; do :; done');
  const idle = onOneCpu('exec sleep 60');
  await sleep(300);
  const [waits, sleeps] = [new CpuDelay(busy), new CpuDelay(idle)];
  for (let round = 0; round < 100 && waits.ms() < 200; round++) await sleep(100);
  expect(waits.ms()).toBeGreaterThan(200);
  expect(sleeps.ms()).toBeLessThan(waits.ms() / 2);
});

test('a process that has ended has waited for nothing', () => {
  expect(new CpuDelay(2 ** 22 + 1).ms()).toBe(0);
});

test.each([
  [10_000, 10_000, 0, 'silent'],
  [10_000, 10_000, 4_000, 4_000], // has had 6 of its 10 s
  [10_000, 14_000, 4_000, 'silent'],
  [10_000, 14_000, 3_999.5, 'silent'],
  [10_000, 99_000, 95_000, 1_000], // not past ten times the limit
  [10_000, 100_000, 95_000, 'host busy'],
  [10_000, 100_000, 90_000, 'silent'],
])('of %i ms, after %i ms of which it got no CPU for %i: %s', (limitMs, elapsedMs, delayMs, expected) => {
  expect(patience(limitMs, elapsedMs, delayMs)).toBe(expected);
});
