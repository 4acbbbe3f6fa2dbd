import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { longestFirst } from './durations.ts';
import { availableMemory, type Capacity, capacityFor, schedule, type Turn } from './scheduler.ts';

const never = new AbortController().signal;

/** Runs jobs and tells how many worked, and how many existed, at once at the most. */
async function watched(count: number, capacity: Capacity, idles: boolean, sizeOf = (_job: number) => 1) {
  const now = { working: 0, alive: 0 };
  const most = { working: 0, alive: 0 };
  const look = () => {
    most.working = Math.max(most.working, now.working);
    most.alive = Math.max(most.alive, now.alive);
  };
  const order: number[] = [];
  await schedule(
    Array.from({ length: count }, (_, index) => index),
    capacity,
    never,
    async (job, turn: Turn) => {
      await turn.reserve(sizeOf(job));
      now.alive++;
      look();
      await sleep(2);
      await turn.begin();
      order.push(job);
      now.working++;
      look();
      await sleep(3);
      if (idles) {
        now.working--;
        await turn.idle(() => sleep(40));
        now.working++;
        look();
      }
      now.working--;
      now.alive--;
    },
  );
  return { most, order };
}

test('as many work at once as there are cores, and as many again are made ready', async () => {
  const { most, order } = await watched(12, { cores: 2, memoryMiB: 100_000 }, false);
  expect(most).toEqual({ working: 2, alive: 4 });
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('guests that sleep hold no core: others work meanwhile', async () => {
  const { most } = await watched(8, { cores: 1, memoryMiB: 100_000 }, true);
  expect(most.alive).toBeGreaterThan(4);
});

test('a guest that has slept goes on at once, and the next to begin waits for both to end', async () => {
  const log: string[] = [];
  await schedule([1, 2, 3], { cores: 1, memoryMiB: 1_000 }, never, async (job, turn) => {
    await turn.begin();
    log.push(`begin ${job}`);
    if (job === 1) {
      await turn.idle(() => sleep(10));
      log.push('awake 1');
    }
    await sleep(job === 2 ? 50 : 20);
    log.push(`end ${job}`);
  });
  expect(log).toEqual(['begin 1', 'begin 2', 'awake 1', 'end 1', 'end 2', 'begin 3', 'end 3']);
});

test('there are never more guests than the memory carries, however many sleep', async () => {
  const room = { cores: 2, memoryMiB: 3 * (256 + 64) };
  expect((await watched(8, room, true, () => 256)).most.alive).toBe(3);
});

test('each kernel counts with its own size, and one that is larger than the host still has its turn, alone', async () => {
  const room = { cores: 4, memoryMiB: 1_000 };
  const sizeOf = (job: number) => (job % 2 === 0 ? 4_096 : 256);
  const { most, order } = await watched(6, room, true, sizeOf);
  expect(most.alive).toBe(1);
  expect(order).toHaveLength(6);
});

test('a failed job releases its core, no further job starts, and the error is reported at the end', async () => {
  const begun: number[] = [];
  const run = schedule([1, 2, 3, 4, 5, 6], { cores: 1, memoryMiB: 1_000 }, never, async (job, turn) => {
    await turn.begin();
    begun.push(job);
    if (job === 2) throw new TypeError('broken');
  });
  await expect(run).rejects.toThrow('broken');
  expect(begun).not.toContain(6);
});

test('a job that is given up while its guest sleeps leaves no core taken', async () => {
  const done: number[] = [];
  await schedule([1, 2, 3], { cores: 1, memoryMiB: 1_000 }, never, async (job, turn) => {
    await turn.begin();
    if (job === 1) void turn.idle(() => sleep(20));
    else await sleep(40);
    done.push(job);
  });
  expect(done).toEqual([1, 2, 3]);
});

test('an interrupted run takes no further job than those that are under way', async () => {
  const interruption = new AbortController();
  const done: number[] = [];
  await schedule([1, 2, 3, 4, 5], { cores: 1, memoryMiB: 1_000 }, interruption.signal, async (job, turn) => {
    await turn.begin();
    done.push(job);
    if (job === 2) interruption.abort();
  });
  expect(done).toEqual([1, 2, 3]); // 3 was made ready while 2 worked
});

test('a fifth of the memory that there is stays the host’s', () => {
  expect(capacityFor(2, 16_000)).toEqual({ cores: 2, memoryMiB: 12_800 });
  expect(availableMemory('MemTotal:       24684000 kB\nMemAvailable:   2048 kB\n')).toBe(2);
});

test('cases that took longest come first, and those never seen before them, in their order', () => {
  const cases = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
  const names = longestFirst(cases, { a: 10, c: 300 }).map(({ name }) => name);
  expect(names).toEqual(['b', 'd', 'c', 'a']);
});
