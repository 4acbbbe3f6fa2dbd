/** The processes of a scenario, in a guest. */
import { expect, test } from 'vitest';
import { type Argument, type Call, GuestBuffer } from '../agent/batch.ts';
import type { SyscallName } from '../syscalls/numbers.ts';
import { CLONE, SIG } from './constants.ts';
import { withGuest } from './guest.test-support.ts';
import type { Guest } from './guest.ts';
import { race } from './race.ts';
import { CAP, capabilities } from './spawn.ts';

const sys = (name: SyscallName, ...args: readonly Argument[]): Call => ({ name, args });

let guest: Guest;
withGuest((one) => {
  guest = one;
});

test('a user keeps the capabilities that are asked for, and no others', async () => {
  const child = await guest.spawn({ uid: 1000, gid: 1000, capabilities: capabilities(CAP.CHOWN) });
  const status = await child.readFile('/proc/self/status');
  expect(status).toMatch(/^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
  expect(status).toMatch(/^CapEff:\s+0000000000000001$/m);
});

test('a process that is disposed of has ended, however long its memory takes to be freed', async () => {
  const PRIVATE_POPULATED = 0x8022; // MAP_POPULATE | MAP_ANONYMOUS | MAP_PRIVATE
  let pid = 0;
  {
    await using child = await guest.root.fork();
    expect((await child.syscall('mmap', 0, 96 << 20, 3, PRIVATE_POPULATED, -1, 0)).errno).toBeNull();
    pid = child.pid;
  }
  // Its parent, root's process, has not asked for its status: what is left is a zombie, which holds nothing.
  expect(await guest.root.readFile(`/proc/${pid}/stat`)).toMatch(/\) Z /);
});

test('a new mount namespace', async () => {
  const child = await guest.spawn({ mountns: true });
  expect((await child.mount('none', '/mnt', 'tmpfs')).errno).toBeNull();
  expect(await guest.mountOptions('/mnt')).toBeNull();
  expect(await child.readFile('/proc/self/mounts')).toContain(' /mnt tmpfs ');
});

test('threads race for one memory and one table of descriptors; after a deadline the error has the kernel stack of each', async () => {
  const both = await guest.spawn();
  const word = new GuestBuffer(Buffer.from('full'), true);
  const options = { repeat: 1000 };
  const [opener, closer] = await race(
    // 300 is open between the two calls alone, and any round may find that the other thread has just closed it.
    { process: both, calls: [sys('dup2', 0, 300), sys('close', 300), sys('gettid')], options },
    {
      process: both,
      calls: [sys('close', 300), sys('getrandom', word, 4, 0), sys('gettid'), sys('getpid')],
      options,
    },
  );
  const closed = (opener?.calls[1]?.failures ?? 0) + (closer?.calls[0]?.failures ?? 0);
  expect(closed).toBe(1000); // of two thousand attempts to close what was opened a thousand times
  expect(closer?.contents.get(word)?.toString()).not.toBe('full');
  expect(closer?.calls[3]?.last.value).toBe(both.pid);
  expect(new Set([both.pid, opener?.calls[2]?.last.value, closer?.calls[2]?.last.value]).size).toBe(3);
  const limited = { limitMs: 300 };
  const stuck = race(
    { process: both, calls: [sys('pause')], options: limited },
    { process: both, calls: [sys('poll', null, 0, -1)] },
  );
  const error: unknown = await stuck.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'KC_STUCK', blame: 'case' });
  expect(error).toHaveProperty(
    'evidence.output',
    expect.stringMatching(/futex(.|\n)*\nthread \d+\n(.|\n)*pause(.|\n)*\nthread \d+\n(.|\n)*poll/),
  );
});

const SHARING = CLONE.VM | SIG.CHLD;
const clone3 = Buffer.alloc(88); // struct clone_args (linux/sched.h)
clone3.writeUInt32LE(CLONE.VM | CLONE.VFORK, 0);
clone3.writeUInt32LE(SIG.CHLD, 32);
test.each<readonly [string, Call]>([
  ['fork', { name: 'fork', args: [] }],
  ['vfork', { name: 'vfork', args: [] }],
  ['clone with CLONE_VM and CLONE_VFORK', { name: 'clone', args: [SHARING | CLONE.VFORK] }],
  ['clone with CLONE_VM', { name: 'clone', args: [SHARING] }],
  ['clone3 with CLONE_VM and CLONE_VFORK', { name: 'clone3', args: [new GuestBuffer(clone3), 88] }],
])("a scenario's own %s ends at once, and leaves the process and its threads in order", async (_, call) => {
  await using process = await guest.spawn();
  const next = sys('getpid');
  const { calls } = await process.repeat(3, [call, next], { limitMs: 5_000 });
  const threads = await process.threads([{ calls: [call, next] }, { calls: [call, next] }], 5_000);
  for (const [made, pid] of [calls, ...threads.map((thread) => thread.calls)]) {
    expect(made).toMatchObject({ failures: 0, last: { errno: null } });
    expect(made?.last.value).toBeGreaterThan(0);
    expect(pid?.last.value).toBe(process.pid);
  }
});

test('a stuck call is reported with its kernel stack', async () => {
  const child = await guest.spawn();
  const waiting = child.syscall('pause').catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await child.kernelStack()).toMatch(/pause|schedule/);
  await child.kill(9);
  expect(await waiting).toMatchObject({ code: 'KC_PROCESS_ENDED' });
  expect(await child.ended()).toEqual({ exitCode: null, signal: 9 });
});
