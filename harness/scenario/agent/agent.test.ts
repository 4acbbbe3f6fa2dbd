import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compileGuest } from '../../../images/guest/initramfs.ts';
import { CLONE } from '../constants.ts';
import { GuestProcess } from '../process.ts';
import { race } from '../race.ts';
import { Transcript } from '../transcript.ts';
import { AgentClient } from './client.ts';
import { encodeFrame, type Frame, FrameReader, OP, PAYLOAD_LIMIT, STATUS } from './frames.ts';
import { type Call, GuestBuffer, ResultOf } from './program.ts';

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const pause: Call = { name: 'pause', args: [] };
const exitThread: Call = { name: 'exit', args: [0] };

function duration(ms: number): GuestBuffer {
  const bytes = Buffer.alloc(16); // struct timespec
  bytes.writeBigInt64LE(BigInt(ms) * 1_000_000n, 8);
  return new GuestBuffer(bytes);
}

// The agent itself, on this machine: what it does with frames and processes is the same here as in a guest. It makes the calls that
// it is sent, with the rights of whoever runs the tests: nothing random, and nothing that multiplies, is sent to it outside of one.
let folder = '';
let child: ChildProcessWithoutNullStreams;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-agent-'));
  await writeFile(join(folder, 'agent'), await compileGuest(), { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  child = spawn(join(folder, 'agent'));
});
afterEach(() => {
  child.stdin.end();
  child.kill('SIGKILL');
});

describe('processes', () => {
  let root: GuestProcess;
  let transcript: Transcript;
  beforeEach(async () => {
    transcript = new Transcript();
    const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
    root = await GuestProcess.start(new AgentClient(stream, transcript));
  });

  test('results are values or names of errors', async () => {
    expect(await root.syscall('getpid')).toEqual({ value: root.pid, errno: null });
    expect((await root.open('/does/not/exist')).errno).toBe('ENOENT');
    expect((await root.syscall(99_999)).errno).toBe('ENOSYS');
  });

  test('the transcript tells what every process did, to its end', async () => {
    const other = await root.fork();
    await root.open('/does/not/exist');
    await root.repeat(3, [{ name: 'close', args: [-1] }]);
    const { fd } = await root.open('/proc/version');
    const theirs = await other.receive(fd);
    const waiting = other.syscall('pause').catch(() => undefined);
    expect(transcript.text()).toMatch(/ pause\(\) <unfinished>\n$/);
    await other.kill(9);
    await waiting;
    const [one, two] = [root.pid, other.pid];
    expect(transcript.text().split('\n')).toEqual([
      `process ${one} started`,
      `${one} forked ${two}`,
      `${one} openat(AT_FDCWD, "/does/not/exist", O_RDONLY, 0) = -1 ENOENT`,
      `${one} close(-1) = -1 EBADF (the last of 3; 3 failed)`,
      `${one} openat(AT_FDCWD, "/proc/version", O_RDONLY, 0) = ${fd.number}`,
      `${one} sent descriptor ${fd.number} to ${two}: ${theirs.number} there`,
      `${two} pause() = ? (a process of the scenario ended by signal 9)`,
      `${two} was sent SIGKILL`,
      '',
    ]);
  });

  test('a system call that there is not', async () => {
    const misspelt = JSON.parse('"mkdri"');
    await expect(root.syscall(misspelt)).rejects.toMatchObject({ code: 'KC_UNKNOWN_SYSCALL', blame: 'case' });
  });

  test('a later call of a program takes the result of an earlier one', async () => {
    const buffer = new GuestBuffer(Buffer.alloc(5), true);
    const { contents, calls } = await root.program([
      { name: 'open', args: ['/proc/version', 0] },
      { name: 'read', args: [new ResultOf(0), buffer, 5] },
      { name: 'close', args: [new ResultOf(0)] },
    ]);
    expect(contents.get(buffer)?.toString()).toBe('Linux');
    expect(calls.map(({ last }) => last.errno)).toEqual([null, null, null]);
  });

  test('ten thousand calls are one round trip; failures are counted', async () => {
    const { iterations, calls } = await root.repeat(10_000, [{ name: 'close', args: [-1] }]);
    expect({ iterations, ...calls[0] }).toMatchObject({ iterations: 10_000, failures: 10_000, firstError: 'EBADF' });
  });

  test('a program can stop at the first error, and tell all results', async () => {
    const calls = [{ name: 'close', args: [-1] } as const, { name: 'getpid', args: [] } as const];
    const { iterations, results } = await root.repeat(5, calls, { stopAtError: true, allResults: true });
    expect({ iterations, results: results.map((row) => row.map(({ errno }) => errno)) }).toEqual({
      iterations: 1,
      results: [['EBADF', 'ECANCELED']],
    });
  });

  test('pointers inside buffers lead to other buffers', async () => {
    const text = new GuestBuffer(Buffer.from('gathered'));
    const vector = Buffer.alloc(16);
    vector.writeBigUInt64LE(8n, 8);
    const iovec = new GuestBuffer(vector);
    iovec.pointers.set(0, text);
    const pipe = new GuestBuffer(Buffer.alloc(8), true);
    const { contents } = await root.program([{ name: 'pipe', args: [pipe] }]);
    const ends = contents.get(pipe);
    expect((await root.syscall('writev', ends?.readInt32LE(4) ?? -1, iovec, 1)).value).toBe(8);
    expect((await root.read(ends?.readInt32LE(0) ?? -1, 100)).text).toBe('gathered');
  });

  test('megabytes go in and out in one request', async () => {
    const bytes = Buffer.alloc(4 << 20, 'kconform');
    const path = join(folder, 'large');
    const { fd } = await root.open(path, 0o102, 0o600);
    expect((await root.write(fd, bytes)).value).toBe(bytes.length);
    await root.syscall('lseek', fd, 0, 0);
    expect((await root.read(fd, bytes.length)).bytes.equals(bytes)).toBe(true);
  });

  test('a file is read as UTF-8, whatever its letters are cut by, and closed again', async () => {
    const path = join(folder, 'letters');
    const text = `a${'ä'.repeat(100_000)}`;
    await root.writeFile(path, text);
    expect((await root.readFile(path)) === text).toBe(true);
    await expect(root.readFile(folder)).rejects.toMatchObject({ code: 'KC_GUEST_FILE', message: /read .*: EISDIR$/ });
    expect((await root.open(path)).value).toBe(3);
  });

  test('a descriptor is handed to another process and is its own there', async () => {
    const other = await root.fork();
    const { fd } = await root.open('/proc/self/stat');
    await expect(other.read(fd)).rejects.toMatchObject({ code: 'KC_FOREIGN_FD', blame: 'case' });
    const theirs = await other.receive(fd);
    expect((await other.read(theirs)).text).toMatch(new RegExp(`^${root.pid} `));
  });

  test('processes tell how they end, children of others too', async () => {
    const forked = await root.fork();
    await expect(forked.syscall('exit_group', 3)).rejects.toMatchObject({ code: 'KC_PROCESS_ENDED', blame: 'case' });
    expect(await forked.ended()).toEqual({ exitCode: 3, signal: null });
    const killed = await root.fork();
    await killed.kill(9);
    expect(await killed.ended()).toEqual({ exitCode: null, signal: 9 });
    await expect(root.syscall('munmap', 0x400000, 0x100000)).rejects.toThrow('by signal 11');
  });

  test('a process that waits in the kernel hinders no other, and can be killed', async () => {
    const other = await root.fork();
    const waiting = other.syscall('pause').catch((error: unknown) => error);
    expect((await root.syscall('getpid')).value).toBe(root.pid);
    await other.kill(9);
    expect(await waiting).toMatchObject({ code: 'KC_PROCESS_ENDED' });
  });

  test('a fork may share the table of descriptors', async () => {
    const sharing = await root.fork(CLONE.FILES);
    const { fd } = await root.open('/proc/version');
    expect((await sharing.read(fd, 5)).text).toBe('Linux');
    expect((await sharing.close(fd)).errno).toBeNull();
    expect((await root.read(fd)).errno).toBe('EBADF');
    await expect(root.fork(CLONE.VM)).rejects.toThrow('a fork cannot have these flags');
  });

  test('programs of two processes start together', async () => {
    const other = await root.fork(CLONE.FILES);
    const { fd } = await root.open('/proc/version');
    const close = { name: 'close', args: [fd] } as const;
    const now = { name: 'open', args: ['/proc/version', 0] } as const;
    const [one, two] = await race({ process: root, calls: [close] }, { process: other, calls: [close] });
    const errnos = [one, two].map((result) => result?.calls[0]?.last.errno ?? null);
    expect(errnos.sort()).toEqual(['EBADF', null]);
    const opened = await race(
      {
        process: root,
        calls: [now, { name: 'close', args: [new ResultOf(0)] }],
        options: { repeat: 100, allResults: true },
      },
      { process: other, calls: [{ name: 'getpid', args: [] }], options: { repeat: 100 } },
    );
    expect(opened.map(({ iterations }) => iterations)).toEqual([100, 100]);
    expect(opened[0]?.results.flat().filter(({ errno }) => errno !== null)).toEqual([]);
    expect(opened[1]?.calls[0]?.last.value).toBe(other.pid);
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
      const ends = (await root.program([{ name: 'pipe', args: [pipe] }])).contents.get(pipe) ?? Buffer.alloc(8);
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

    test('a deadline ends them, and tells where each stood', async () => {
      const other = await root.fork();
      const slow = { process: other, calls: [pause], options: { limitMs: 200 } };
      const quick = { process: other, calls: [{ name: 'getpid', args: [] } as const] };
      const error: unknown = await race(quick, slow).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'KC_STUCK', blame: 'case', evidence: { afterMs: 200 } });
      expect(error).toHaveProperty('evidence.output', expect.stringMatching(/\nthread \d+\n/));
      expect(await other.ended()).toEqual({ exitCode: null, signal: 9 });
    });

    test('what cannot start is told at once, also in a race', async () => {
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

  test('a call that does not return by its deadline: killed where it can be, and then the case is to blame', async () => {
    const other = await root.fork();
    const waiting = other.program([{ name: 'pause', args: [] }], { limitMs: 200 });
    await expect(waiting).rejects.toMatchObject({ code: 'KC_STUCK', blame: 'case', evidence: { afterMs: 200 } });
    expect(await other.ended()).toEqual({ exitCode: null, signal: 9 });
    expect((await root.syscall('getpid')).value).toBe(root.pid);
  });

  test('a process that becomes another program ends for us', async () => {
    const argv = new GuestBuffer(Buffer.alloc(24));
    argv.pointers.set(0, new GuestBuffer(Buffer.from('/bin/sleep\0')));
    argv.pointers.set(8, new GuestBuffer(Buffer.from('30\0')));
    await expect(root.syscall('execve', '/bin/sleep', argv, null)).rejects.toMatchObject({ code: 'KC_PROCESS_ENDED' });
  });
});

describe('malformed frames', () => {
  /** Sends bytes and collects the answers until one satisfies the predicate. */
  function answersTo(bytes: Buffer, last: (frame: Frame) => boolean): Promise<Frame[]> {
    const reader = new FrameReader();
    const frames: Frame[] = [];
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null) =>
        reject(new Error(`the agent ended: ${code ?? signal}`));
      const receive = (part: Buffer) => {
        frames.push(...reader.push(part));
        if (!frames.some(last)) return;
        child.off('exit', ended);
        child.stdout.off('data', receive);
        resolve(frames);
      };
      child.on('exit', ended);
      child.stdout.on('data', receive);
      child.stdin.write(bytes);
    });
  }
  const spawnFrame = encodeFrame({ process: 7, sequence: 99, op: OP.spawn, payload: Buffer.alloc(0) });
  const spawned = (frame: Frame) => frame.sequence === 99;

  test.each([
    ['too short', Buffer.from([3, 0, 0, 0, 1, 2, 3]), 0],
    [
      'too long',
      Buffer.concat([
        Buffer.from([9, 0, 0, 2]),
        Buffer.from([5, 0, 0, 0, 42, 0, 0, 0, 2]),
        Buffer.alloc(0x02000009 - 9),
      ]),
      42,
    ],
  ])('%s: refused, and the next frame is understood', async (_, bytes, sequence) => {
    const frames = await answersTo(Buffer.concat([bytes, spawnFrame]), spawned);
    expect(frames[0]).toMatchObject({ op: STATUS.error, sequence });
    expect(frames[0]?.payload.toString()).toBe('a frame of impossible length');
    expect(frames.at(-1)).toMatchObject({ op: STATUS.ok, process: 7 });
  });
});

test('a request larger than a frame is refused before it is sent', () => {
  const payload = Buffer.alloc(PAYLOAD_LIMIT + 1);
  expect(() => encodeFrame({ process: 1, sequence: 1, op: OP.program, payload })).toThrow(
    'larger than the agent takes',
  );
});

test('random bytes, cut anywhere, are frames or the one error of a broken stream', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const seen = { frames: 0, errors: 0 };
  for (let stream = 0; stream < 2000; stream++) {
    const reader = new FrameReader();
    try {
      for (let part = 0; part < 20; part++) {
        const bytes = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
        // Half of the streams claim lengths that there can be.
        if (stream % 2 === 0) for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random(24), at);
        seen.frames += reader.push(bytes).length;
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'KC_AGENT_STREAM', blame: 'harness' });
      seen.errors++;
    }
  }
  expect(seen.frames).toBeGreaterThan(100);
  expect(seen.errors).toBeGreaterThan(1000);
});
