import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programOf } from './calls-to-c.ts';
import { stepsIn } from './parse-calls.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-calls-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Compiles what the transcript becomes, and runs it here: its calls are harmless. */
async function run(transcript: string) {
  const steps = stepsIn(transcript);
  if ('because' in steps) throw new Error(steps.because);
  const program = programOf(steps, 'a case');
  await writeFile(join(folder, 'calls.c'), program);
  await execa('gcc', ['-Wall', '-Werror', '-static', '-o', join(folder, 'calls'), join(folder, 'calls.c')]);
  return { program, ran: await execa(join(folder, 'calls'), { cwd: folder, reject: false }) };
}

const TRANSCRIPT = `process 142 started
142 openat(AT_FDCWD, "/dev/null", O_RDONLY|O_CLOEXEC, 0) = 3
142 lseek(3, 0, 2) = 0
142 read(3, {512 bytes}, 512) = 7
142 mkdir("/proc/no\\"thing??/", 0755) = -1 ENOENT
142 writev(3, {16 bytes 00000000000000000500000000000000, 0: "text?"}, 1) = -1 EBADF
$ echo "one" &&
echo two
  | one
  | two
  exit code 0
142 close(3) = 0
observed it: {"a":1}

== once more (clone): FAIL ==
142 fork() = 3
`;

test('a program makes the calls of a transcript, and shows each with its result', async () => {
  const { program, ran } = await run(TRANSCRIPT);
  await expect(program).toMatchFileSnapshot('golden/calls.c.txt');
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout.split('\n')).toEqual([
    'openat(AT_FDCWD, "/dev/null", O_RDONLY|O_CLOEXEC, 0)',
    '  = 3',
    'lseek(3, 0, 2)',
    '  = 0',
    'read(3, {512 bytes}, 512)',
    '  = 0',
    'mkdir("/proc/no\\"thing??/", 0755)',
    '  = -1 No such file or directory',
    'writev(3, {16 bytes 00000000000000000500000000000000, 0: "text?"}, 1)',
    '  = -1 Bad file descriptor',
    '$ echo "one" &&',
    'echo two',
    'one',
    'two',
    '  exit status 0',
    'close(3)',
    '  = 0',
  ]);
});

test('a result that is another one than that of the run is shown, and counts in the exit status', async () => {
  const { ran } = await run(
    '1 openat(AT_FDCWD, "/dev/null", O_RDONLY, 0) = -1 EPERM\n1 close(3) = 5\n1 close(99) = 0\n',
  );
  expect(ran.stdout.split('\n')).toEqual([
    'openat(AT_FDCWD, "/dev/null", O_RDONLY, 0)',
    '  = 3   <-- the run: -1 Operation not permitted',
    'close(3)',
    '  = 0   <-- the run: 5',
    'close(99)',
    '  = -1 Bad file descriptor   <-- the run: 0',
  ]);
  expect(ran.exitCode).toBe(3);
});

test('all lines of a command run, and its exit status is compared', async () => {
  const { ran } = await run('$ true\n  echo two && exit 3\n  exit code 0\n$ kill -9 $$\n  signal SIGKILL\n');
  expect(ran.stdout.split('\n')).toEqual([
    '$ true',
    '  echo two && exit 3',
    'two',
    '  exit status 3   <-- the run: 0',
    '$ kill -9 $$',
    '  no exit status: it did not run, or a signal ended it',
  ]);
  expect(ran.exitCode).toBe(1);
});

test.each([
  ['$ cat x \\\n  | grep y\n  exit code 0\n', 'a command cannot be told from what it printed'],
  ['1 fork() = 2\n', 'fork cannot be written down'],
  ['1 mmap(0, 4096, 3, 34, -1, 0) = 140000000\n', 'mmap cannot be written down'],
  ['1 close(3) = 0\n2 close(3) = 0\n', 'several processes made them'],
  ['1 forked 2\n', 'the run did something else: forked 2'],
  ['1 thread 0: close(3) = 0\n', 'the run did something else: thread 0: close(3) = 0'],
  ['1 close(<result 0>) = 0\n', 'the transcript does not have all of close(<result 0>)'],
  ['1 ioctl(3, 5, {8 bytes}) = 0\n', 'the transcript does not have all of ioctl(3, 5, {8 bytes})'],
  [
    '1 write(3, {100 bytes 00ff…}, 100) = 100\n',
    'the transcript does not have all of write(3, {100 bytes 00ff…}, 100)',
  ],
  ['1 mkdir("aaaa"…, 0755) = 0\n', 'the transcript does not have all of mkdir("aaaa"…, 0755)'],
  ['1 close(3) = 0 (the last of 5; 0 failed)\n', 'the run did something else'],
  ['1 close(3) = ? (the agent is gone)\n', 'the run did something else'],
  ['1 unshare(CLONE_NEWNS) = 0\n$ mount\n  exit code 0\n', 'a command follows or precedes unshare'],
  ['(5 more calls are left out)\n', 'the run did something else'],
  ['$ sleep 100 <unfinished>\n', 'a command did not end'],
  ['the scenario was ended: a reason\n', 'the run did something else'],
  ['', 'there are none'],
])('what cannot be made again is not: %j', (transcript, because) => {
  expect(stepsIn(transcript)).toEqual({ because: expect.stringContaining(because) });
});

test('text of a transcript cannot leave a string or a comment of the program', async () => {
  const { ran } = await run(String.raw`1 mkdir("\"; exit(7); \"*/ \\\u0001\n", 0755) = -1 ENOENT`);
  expect(ran.exitCode).not.toBe(7);
  await rm(join(folder, '"; exit(7); "*'), { recursive: true, force: true });
});
