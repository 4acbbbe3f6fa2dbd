import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startLimit } from './limit.ts';
import { ProcessPause } from './process-pause.ts';
import { graceLeftMs, runningTime } from './running-time.ts';

function sleeper(): { readonly pid: number; readonly pause: ProcessPause; kill(signal: NodeJS.Signals): void } {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? -1;
  const pause = new ProcessPause(pid);
  onTestFinished(() => {
    pause.stop();
    child.kill('SIGKILL');
  });
  return { pid, pause, kill: (signal) => void child.kill(signal) };
}

/** We do not run, as far as anybody can tell from inside. */
function pauseOurselves(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('the time for which a process is stopped is counted, and no other', async () => {
  const { pause, kill } = sleeper();
  await sleep(400);
  expect(pause.totalMs()).toBe(0);
  kill('SIGSTOP');
  await sleep(1_500);
  expect(pause.presentMs()).toBeGreaterThan(900);
  kill('SIGCONT');
  await sleep(600);
  expect(pause.presentMs()).toBe(0);
  expect(pause.graceLeftMs()).toBeGreaterThan(0);
  const total = pause.totalMs();
  await sleep(600);
  expect(pause.totalMs()).toBe(total);
});

test('our own clock stands still while we do not run, and what has arrived is read first', async () => {
  const before = runningTime();
  expect(graceLeftMs()).toBe(0);
  await sleep(300);
  pauseOurselves(3_000);
  expect(runningTime() - before).toBeLessThan(2_000);
  expect(graceLeftMs()).toBeGreaterThan(500);
  await sleep(1_100);
  expect(graceLeftMs()).toBe(0);
});

test('a limit is given up after the time in which the process could have answered', async () => {
  const target = sleeper();
  const expired = new Promise((resolve) => startLimit(700, target, resolve));
  pauseOurselves(2_500); // the timer is due, and what would have stopped it has not been read
  const first = await Promise.race([expired, sleep(500, 'goes on')]);
  expect(first).toBe('goes on');
  expect(await expired).toMatchObject({ kind: 'silent' });
});

test('a limit waits for a stopped process, which then has its time', async () => {
  const target = sleeper();
  target.kill('SIGSTOP');
  await sleep(50);
  const expired = new Promise((resolve) => startLimit(500, target, resolve));
  expect(await Promise.race([expired, sleep(1_500, 'goes on')])).toBe('goes on');
  target.kill('SIGCONT');
  expect(await expired).toMatchObject({ kind: 'silent' });
});

test('while a guest is held for somebody to look into it, no limit runs, however long', async () => {
  const { pid, pause } = sleeper();
  let expired = 0;
  const stop = startLimit(700, { pid, pause }, () => expired++);
  await sleep(300);
  const held = pause.hold();
  await sleep(1_500);
  expect(expired).toBe(0);
  held[Symbol.dispose]();
  expect(pause.totalMs()).toBeGreaterThan(1_200);
  await vi.waitFor(() => expect(expired).toBe(1), 5_000);
  stop();
});
