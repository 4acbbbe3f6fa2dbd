import { loadavg } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTING, Scheduled, secondsSince, traceOf, twoAtOnce } from './schedule.test-support.ts';

/** Two threads hand a byte and a futex to each other while a timer signals them. */
const PING_PONG = `#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
static int pipes[2][2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long turns[2];
static volatile sig_atomic_t alarms;
static void on_alarm(int signal)
{
	alarms++;
}
static void *bounce(void *argument)
{
	long me = (long)argument;
	char byte = 0;
	for (int i = 0; i < 500; i++) {
		if (me == 0)
			write(pipes[0][1], &byte, 1);
		while (read(pipes[1 - me][0], &byte, 1) != 1)
			;
		for (int k = 0; k < 5; k++) {
			pthread_mutex_lock(&lock);
			turns[me] += alarms + turns[1 - me] % 7;
			pthread_mutex_unlock(&lock);
		}
		if (me == 1)
			write(pipes[1][1], &byte, 1);
	}
	return NULL;
}
int main(void)
{
	struct itimerval every = { { 0, 50 }, { 0, 50 } };
	pthread_t other;
	signal(SIGALRM, on_alarm);
	pipe(pipes[0]);
	pipe(pipes[1]);
	setitimer(ITIMER_REAL, &every, NULL);
	pthread_create(&other, NULL, bounce, (void *)1);
	bounce((void *)0);
	pthread_join(other, NULL);
	printf("%ld %ld %d\\n", turns[0], turns[1], (int)alarms);
	return 0;
}
`;

/** Two threads change one element of a BPF map without a lock. */
const MAP_RACE = `#include <linux/bpf.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int map;
static long call(int command, union bpf_attr *attr)
{
	return syscall(__NR_bpf, command, attr, sizeof(*attr));
}
static void *add(void *unused)
{
	for (int i = 0; i < 2000; i++) {
		uint32_t key = 0;
		uint64_t value = 0;
		union bpf_attr attr = { .map_fd = map, .key = (uintptr_t)&key, .value = (uintptr_t)&value };
		call(BPF_MAP_LOOKUP_ELEM, &attr);
		value++;
		call(BPF_MAP_UPDATE_ELEM, &attr);
	}
	return NULL;
}
int main(void)
{
	union bpf_attr made = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
	uint32_t key = 0;
	uint64_t value = 0;
	union bpf_attr attr = { .key = (uintptr_t)&key, .value = (uintptr_t)&value };
	pthread_t other;
	map = call(BPF_MAP_CREATE, &made);
	attr.map_fd = map;
	pthread_create(&other, NULL, add, NULL);
	add(NULL);
	pthread_join(other, NULL);
	call(BPF_MAP_LOOKUP_ELEM, &attr);
	printf("%llu of 4000\\n", (unsigned long long)value);
	return map < 0;
}
`;

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const REPETITIONS = 5;
/** 100 boots, two at once. */
const LIMIT_MS = 2 * 3_600_000;

let scheduled: Scheduled;
beforeAll(async () => {
  scheduled = await Scheduled.create();
});
afterAll(() => scheduled[Symbol.asyncDispose]());

test.each([
  ['counting.c', COUNTING],
  ['ping-pong.c', PING_PONG],
  ['map-race.c', MAP_RACE],
])('%s: all repetitions of a seed are alike, and seeds differ', { timeout: LIMIT_MS }, async (name, text) => {
  const traces = new Map<number, Set<string>>();
  const outputs = new Set<string>();
  const loads = [loadavg()[0] ?? 0];
  const from = performance.now();
  const run = await scheduled.runs(name, text);
  await twoAtOnce(
    // One repetition of all seeds after another: what the host does meanwhile differs more.
    Array.from({ length: REPETITIONS }, () => SEEDS).flat(),
    async (seed) => {
      const seen = await run(seed);
      expect(seen).toMatchObject({ failure: undefined, outcome: { observations: { exitCode: 0 } } });
      traces.set(seed, (traces.get(seed) ?? new Set()).add(traceOf(seen)));
      if ('outcome' in seen) outputs.add(JSON.stringify(seen.outcome.observations));
      loads.push(loadavg()[0] ?? 0);
    },
  );
  const twice = [...traces].filter(([, all]) => all.size > 1).map(([seed]) => seed);
  process.stdout.write(
    `${name}: ${REPETITIONS} repetitions of ${SEEDS.length} seeds, ${secondsSince(from)} s, ` +
      `load ${Math.min(...loads).toFixed(0)} to ${Math.max(...loads).toFixed(0)}; ${outputs.size} outputs; ` +
      `seeds that were not the same each time: ${twice.join(', ') || 'none'}\n`,
  );
  expect(twice).toEqual([]);
  expect(new Set([...traces.values()].flatMap((all) => [...all])).size).toBe(SEEDS.length);
  // Two threads that only count see few of the turns: 8 outputs were measured.
  expect(outputs.size).toBeGreaterThan(SEEDS.length / 4);
});
