/** A debugger sees the very run of a seed, up to the first stop. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attach, hasGdb, held, LIMIT_MS } from '../debug/debug.test-support.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';

/** Two threads count. One notes how far the other is when it has come to 25,000 itself, and tells the kernel. */
const NOTING = `#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static volatile int other_count, begun, done;
static void *count(void *unused)
{
	__atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
	while (begun < 2)
		;
	while (!done)
		other_count++;
	return unused;
}
int main(void)
{
	int noted = 0;
	pthread_t other;
	pthread_create(&other, NULL, count, NULL);
	__atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
	while (begun < 2)
		;
	for (volatile int i = 0; i < 50000; i++)
		if (i == 25000) {
			noted = other_count;
			getpgid(noted);
		}
	done = 1;
	pthread_join(other, NULL);
	printf("noted %d\\n", noted);
	return 0;
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-scheduled-debug-'));
  await writeFile(join(folder, 'noting.c'), NOTING);
  await writeFile(join(folder, 'crash.sh'), 'echo c >/proc/sysrq-trigger\n');
});
afterAll(() => rm(folder, { recursive: true }));

const repro = (name: string, ...words: string[]) => [
  'repro', join(folder, name), '--kernel', '6.12.118', '--schedule', '3', ...words,
]; // biome-ignore format: the words of one command

test.skipIf(!hasGdb)(
  'what gdb shows at a stop is what the same seed shows without gdb',
  async () => {
    const alone = await kconform(repro('noting.c'), { limitMs: LIMIT_MS });
    const noted = Number(/noted (\d+)/.exec(alone.stdout)?.[1]);
    expect(noted).toBeGreaterThan(0);
    const guest = held(repro('noting.c', '--gdb', '--stop-at', '__x64_sys_getpgid'));
    const shown = await attach(await guest.command(), 'thread apply all -q -s p regs->di', 'disconnect');
    guest.press();
    const { exitCode, stdout, stderr } = await guest.ended;
    expect(stderr).toMatch(/stopped at __x64_sys_getpgid \(CPU [01]\)/);
    expect(shown).toMatch(new RegExp(`^\\$\\d+ = ${noted}$`, 'm'));
    expect(stdout).toContain('a run that a debugger stopped gives no verdict');
    expect(exitCode).toBe(2);
  },
  LIMIT_MS,
);

test(
  'a stop that is not reached leaves the run as it is; a panic is stopped at, and its memory written',
  async () => {
    const alone = await kconform(repro('noting.c'), { limitMs: LIMIT_MS });
    const watched = await kconform(repro('noting.c', '--stop-at', 'panic'), { limitMs: LIMIT_MS });
    expect(watched.stderr).toContain('the guest was not stopped: panic was not reached');
    expect(watched.stdout).toBe(alone.stdout);
    expect(watched.exitCode).toBe(0);
    const dump = join(folder, 'core');
    const crashed = await kconform(repro('crash.sh', '--stop-at', 'panic', '--dump', dump), { limitMs: LIMIT_MS });
    expect(crashed.stderr).toMatch(/stopped at panic \(CPU [01]\)\n.*the memory of the guest is in .*core/);
    expect(crashed.exitCode).toBe(2);
  },
  LIMIT_MS,
);
