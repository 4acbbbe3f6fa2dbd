import { beforeEach, describe, expect, test } from 'vitest';
import { CLONE } from '../api/constants.ts';
import type { GuestProcess } from '../api/process.ts';
import { race } from '../api/race.ts';
import type { Transcript } from '../api/transcript.ts';
import { hostAgent } from './agent.test-support.ts';
import { type Call, GuestBuffer, ResultOf } from './batch.ts';

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const pause: Call = { name: 'pause', args: [] };
const exitThread: Call = { name: 'exit', args: [0] };

function duration(ms: number): GuestBuffer {
  const bytes = Buffer.alloc(16); // struct timespec
  bytes.writeBigInt64LE(BigInt(ms) * 1_000_000n, 8);
  return new GuestBuffer(bytes);
}

const agent = hostAgent();
let root: GuestProcess;
let transcript: Transcript;
beforeEach(async () => {
  ({ root, transcript } = await agent.first());
});

describe('threads of one process', () => {
  /** Numbers that no other descriptor has. */
  const PROC_VERSION = 200;

  test('have its pid, ids of their own, and results in order', async () => {
    const ids: readonly Call[] = [
      { name: 'getpid', args: [] },
      { name: 'gettid', args: [] },
    ];
    const results = await race({ process: root, calls: ids }, { process: root, calls: ids });
    const [one, two] = results.map(({ calls }) => calls.map(({ last }) => last.value));
    expect([one?.[0], two?.[0]]).toEqual([root.pid, root.pid]);
    expect(new Set([root.pid, one?.[1], two?.[1]]).size).toBe(3);
    expect((await root.syscall('gettid')).value).toBe(root.pid);
  });

  test('share memory and descriptors: one waits for a word that the other reads from a file which it opened', async () => {
    const word = new GuestBuffer(Buffer.from('wait'), true);
    const wait = word.bytes.readUInt32LE(0);
    const results = await race(
      {
        process: root,
        calls: [
          { name: 'futex', args: [word, FUTEX_WAIT, wait, null] },
          { name: 'lseek', args: [PROC_VERSION, 0, 1] },
        ],
      },
      {
        process: root,
        calls: [
          { name: 'nanosleep', args: [duration(300), null] },
          { name: 'open', args: ['/proc/version', 0] },
          { name: 'dup2', args: [new ResultOf(1), PROC_VERSION] },
          { name: 'read', args: [PROC_VERSION, word, 4] },
          { name: 'futex', args: [word, FUTEX_WAKE, 1] },
        ],
      },
    );
    const [waiter, opener] = results.map(({ calls }) => calls.map(({ last }) => last));
    expect(waiter).toEqual([
      { value: 0, errno: null }, // woken: else the word was another one, or there was no sleeper
      { value: 4, errno: null }, // where the other's read(2) left the offset
    ]);
    expect(opener?.at(-1)).toEqual({ value: 1, errno: null });
    expect(results.map(({ contents }) => contents.get(word)?.toString())).toEqual(['Linu', 'Linu']);
  });

  test('loop at the same time, each as often as asked, beside another process', async () => {
    const other = await root.fork();
    const byte = new GuestBuffer(Buffer.alloc(1));
    const pipe = new GuestBuffer(Buffer.alloc(8), true);
    const ends = (await root.batch([{ name: 'pipe', args: [pipe] }])).contents.get(pipe) ?? Buffer.alloc(8);
    const [reader, writer] = [ends.readInt32LE(0), ends.readInt32LE(4)];
    // More than a pipe holds: neither could end before the other has begun.
    const options = { repeat: 100_000 };
    const [written, read, foreign] = await race(
      { process: root, calls: [{ name: 'write', args: [writer, byte, 1] }], options },
      { process: root, calls: [{ name: 'read', args: [reader, byte, 1] }], options },
      { process: other, calls: [{ name: 'close', args: [-1] }], options: { repeat: 7, allResults: true } },
    );
    for (const side of [written, read]) {
      expect(side).toMatchObject({ iterations: 100_000, calls: [{ failures: 0, last: { value: 1 } }] });
    }
    expect(foreign).toMatchObject({ iterations: 7, calls: [{ failures: 7, firstError: 'EBADF' }] });
    expect(foreign?.results).toEqual(Array.from({ length: 7 }, () => [{ value: -1, errno: 'EBADF' }]));
  });

  test('the transcript has a line for each call of each', async () => {
    const from = transcript.text().length;
    await root.threads([{ calls: [{ name: 'close', args: [-1] }] }, { calls: [{ name: 'getpid', args: [] }] }]);
    expect(transcript.text().slice(from).split('\n')).toEqual([
      `${root.pid} thread 0: close(-1) = -1 EBADF`,
      `${root.pid} thread 1: getpid() = ${root.pid}`,
      '',
    ]);
  });
});

describe('threads of one process end', () => {
  test('each stops at its own error, with all its results', async () => {
    const calls: readonly Call[] = [
      { name: 'getppid', args: [] },
      { name: 'close', args: [-1] },
      { name: 'getpid', args: [] },
    ];
    const all = { repeat: 3, allResults: true };
    const [stopped, whole] = await root.threads([
      { calls, options: { ...all, stopAtError: true } },
      { calls: calls.slice(1), options: all },
    ]);
    expect(stopped?.iterations).toBe(1);
    expect(stopped?.results.map((row) => row.map(({ errno }) => errno))).toEqual([[null, 'EBADF', 'ECANCELED']]);
    const round = [
      { value: -1, errno: 'EBADF' },
      { value: root.pid, errno: null },
    ];
    expect(whole?.results).toEqual([round, round, round]);
  });

  test('one that ends itself leaves the others and the process; one that ends the process ends all', async () => {
    const [gone, rest] = await root.threads([
      { calls: [{ name: 'getpid', args: [] }, exitThread, { name: 'getpid', args: [] }], options: { repeat: 2 } },
      { calls: [{ name: 'getpid', args: [] }] },
    ]);
    expect(gone?.iterations).toBe(1);
    expect(gone?.calls.map(({ last }) => last.errno)).toEqual([null, 'ECANCELED', 'ECANCELED']);
    expect(rest?.calls[0]?.last.value).toBe(root.pid);
    const ending = root.threads([{ calls: [{ name: 'exit_group', args: [3] }] }, { calls: [pause] }]);
    await expect(ending).rejects.toMatchObject({ code: 'KC_PROCESS_ENDED', blame: 'case' });
    expect(await root.ended()).toEqual({ exitCode: 3, signal: null });
  });

  test('a deadline ends them, and the error has the position of each', async () => {
    const other = await root.fork();
    const slow = { process: other, calls: [pause], options: { limitMs: 200 } };
    const quick = { process: other, calls: [{ name: 'getpid', args: [] } as const] };
    const error: unknown = await race(quick, slow).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KC_STUCK', blame: 'case', evidence: { afterMs: 200 } });
    expect(error).toHaveProperty('evidence.output', expect.stringMatching(/\nthread \d+\n/));
    expect(await other.ended()).toEqual({ exitCode: null, signal: 9 });
  });

  test('a thread that cannot start fails at once, also in a race', async () => {
    const nine = Array.from({ length: 9 }, () => ({ process: root, calls: [pause] }));
    await expect(race(...nine)).rejects.toMatchObject({ code: 'KC_AGENT', message: /the program is malformed/ });
    const other = await root.fork();
    await other.syscall('unshare', CLONE.NEWPID); // no thread may be made in another pid namespace: clone(2), EINVAL
    const two = [
      { process: other, calls: [pause] },
      { process: other, calls: [pause] },
    ];
    await expect(race(...two)).rejects.toThrow('cannot start a thread: EINVAL');
  });
});

test('a call that does not return by its deadline: killed where it can be, and then the case is to blame', async () => {
  const other = await root.fork();
  const waiting = other.batch([{ name: 'pause', args: [] }], { limitMs: 200 });
  await expect(waiting).rejects.toMatchObject({ code: 'KC_STUCK', blame: 'case', evidence: { afterMs: 200 } });
  expect(await other.ended()).toEqual({ exitCode: null, signal: 9 });
  expect((await root.syscall('getpid')).value).toBe(root.pid);
});

test('a busy agent may be late with the place of a call and with SIGKILL', async () => {
  const other = await root.fork();
  const waiting = other.batch([{ name: 'pause', args: [] }], { limitMs: 200 });
  agent.child.kill('SIGSTOP');
  setTimeout(() => agent.child.kill('SIGCONT'), 3_000);
  await expect(waiting).rejects.toMatchObject({ code: 'KC_STUCK', blame: 'case' });
});

test('a process that becomes another program ends for us', async () => {
  const argv = new GuestBuffer(Buffer.alloc(24));
  argv.pointers.set(0, new GuestBuffer(Buffer.from('/bin/sleep\0')));
  argv.pointers.set(8, new GuestBuffer(Buffer.from('30\0')));
  await expect(root.syscall('execve', '/bin/sleep', argv, null)).rejects.toMatchObject({ code: 'KC_PROCESS_ENDED' });
});
