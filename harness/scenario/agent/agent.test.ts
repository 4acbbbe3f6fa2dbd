import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { CLONE } from '../api/constants.ts';
import type { GuestProcess } from '../api/process.ts';
import { race } from '../api/race.ts';
import type { Transcript } from '../api/transcript.ts';
import { hostAgent } from './agent.test-support.ts';
import { GuestBuffer, ResultOf } from './batch.ts';

const agent = hostAgent();
let root: GuestProcess;
let transcript: Transcript;
beforeEach(async () => {
  ({ root, transcript } = await agent.first());
});

describe('system calls', () => {
  test('results are values or names of errors', async () => {
    expect(await root.syscall('getpid')).toEqual({ value: root.pid, errno: null });
    expect((await root.open('/does/not/exist')).errno).toBe('ENOENT');
    expect((await root.syscall(99_999)).errno).toBe('ENOSYS');
  });

  test('a system call that there is not', async () => {
    const misspelt = JSON.parse('"mkdri"');
    await expect(root.syscall(misspelt)).rejects.toMatchObject({ code: 'KC_UNKNOWN_SYSCALL', blame: 'case' });
  });

  test('megabytes go in and out in one request', async () => {
    const bytes = Buffer.alloc(4 << 20, 'kconform');
    const path = join(agent.folder, 'large');
    const { fd } = await root.open(path, 0o102, 0o600);
    expect((await root.write(fd, bytes)).value).toBe(bytes.length);
    await root.syscall('lseek', fd, 0, 0);
    expect((await root.read(fd, bytes.length)).bytes.equals(bytes)).toBe(true);
  });

  test('a file is read as UTF-8, also across the ends of chunks, and closed again', async () => {
    const path = join(agent.folder, 'letters');
    const text = `a${'ä'.repeat(100_000)}`;
    await root.writeFile(path, text);
    expect((await root.readFile(path)) === text).toBe(true);
    await expect(root.readFile(agent.folder)).rejects.toMatchObject({
      code: 'KC_GUEST_FILE',
      message: /read .*: EISDIR$/,
    });
    expect((await root.open(path)).value).toBe(3);
  });
});

describe('batches', () => {
  test('a later call of a batch takes the result of an earlier one', async () => {
    const buffer = new GuestBuffer(Buffer.alloc(5), true);
    const { contents, calls } = await root.batch([
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

  test('a batch can stop at the first error, and tell all results', async () => {
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
    const { contents } = await root.batch([{ name: 'pipe', args: [pipe] }]);
    const ends = contents.get(pipe);
    expect((await root.syscall('writev', ends?.readInt32LE(4) ?? -1, iovec, 1)).value).toBe(8);
    expect((await root.read(ends?.readInt32LE(0) ?? -1, 100)).text).toBe('gathered');
  });

  test('batches of two processes start together', async () => {
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
});

describe('several processes', () => {
  test('the transcript has the calls of every process, to its end', async () => {
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
});
