import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kconform, onTerminal } from '../end-to-end/command-line.test-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-shell-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('one command: its input, its output, its exit code, and nothing stays behind', async () => {
  const result = await kconform(['shell', '--', 'cat; uname -s; echo oops >&2; exit 7'], { input: 'from the host\n' });
  expect(result.stdout).toBe('from the host\nLinux');
  expect(result.stderr).toContain('oops');
  expect(result.exitCode).toBe(7);
  expect(result.leftovers).toEqual([]);
});

test('several words are passed on as they are; without any, stdin is a script', async () => {
  const words = await kconform(['shell', '--', 'printf', '[%s]', 'a  b', '$HOME', "it's"]);
  expect(words.stdout).toBe("[a  b][$HOME][it's]");
  const script = await kconform(['shell'], { input: 'cd /proc/sys\npwd\nexit 3\n' });
  expect(script).toMatchObject({ stdout: '/proc/sys', exitCode: 3 });
});

test('on a terminal: its size and changes of it, Ctrl-C, the console, and OpenSSH from another one', async () => {
  const resize = '(while [ ! -e "$0" ]; do sleep 0.1; done; stty rows 44 cols 99) < /dev/tty &';
  const flag = join(folder, 'resize');
  const terminal = onTerminal(['shell', '--console'], resize.replace('$0', flag));
  const shown = await terminal.until(/:~# /);
  expect(shown).toMatch(/6\.12\.\S+, up in [\d.]+ s/);
  terminal.type('stty size\n');
  await terminal.until(/33 111/);
  await writeFile(flag, '');
  terminal.type('until stty size | grep "44 99"; do sleep 0.1; done\n');
  await terminal.until(/\n44 99/);
  // One process says that it can be interrupted: a Ctrl-C between two commands of a line may reach neither.
  terminal.type("sh -c 'echo as''leep; exec sleep 1000'\n");
  await terminal.until(/asleep/);
  terminal.type('\x03');
  terminal.type('echo "<4>said by the kernel" > /dev/kmsg; echo code=$?\n');
  await terminal.until(/code=0/);
  await terminal.until(/console\| .*said by the kernel/);

  const config = /ssh -F (\S+) guest/.exec(shown)?.[1] ?? '';
  const other = await execa('ssh', ['-F', config, 'guest', 'cat; tty'], { input: 'x'.repeat(200_000), reject: false });
  expect(other.stdout).toBe(`${'x'.repeat(200_000)}not a tty`);

  terminal.type('exit 5\n');
  expect((await terminal.ended).exitCode).toBe(5);
});

test('Ctrl-] ends a session whose guest does not answer', async () => {
  const terminal = onTerminal(['shell']);
  await terminal.until(/:~# /);
  terminal.type('trap "" INT; sleep 1000\n\x03');
  await terminal.until(/sleep 1000/);
  terminal.type('\x1d');
  const { exitCode, shown } = await terminal.ended;
  expect(exitCode).toBe(2);
  expect(shown).not.toMatch(/^\s+at /m);
});

test('files and folders go in at the start and come out at the end', async () => {
  await mkdir(join(folder, 'tree/inner'), { recursive: true });
  await writeFile(join(folder, 'tree/inner/leaf'), 'a leaf\n');
  await writeFile(join(folder, 'program'), '#!/bin/sh\ncat /tmp/tree/inner/leaf\n', { mode: 0o755 });
  const result = await kconform([
    'shell',
    ...['--copy', `${folder}/program:/tmp/new/program`, '--copy', `${folder}/tree:/tmp/tree`],
    ...['--copy', `guest:/tmp/log:${folder}/log`, '--copy', `guest:/tmp/tree:${folder}/back`],
    ...['--', '/tmp/new/program > /tmp/log; echo more > /tmp/tree/more'],
  ]);
  expect(result.all).toBe('');
  expect(result.exitCode).toBe(0);
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('a leaf\n');
  expect(await readFile(join(folder, 'back/inner/leaf'), 'utf8')).toBe('a leaf\n');
  expect(await readFile(join(folder, 'back/more'), 'utf8')).toBe('more\n');
});

describe('one clear error, exit code 2, nothing left running', () => {
  beforeAll(() => mkdir(join(folder, 'taken/poolsize/full'), { recursive: true })); // where a file is to be written
  test.each([
    [['--copy', './a'], /--copy \.\/a is not FROM:TO/],
    [['--copy', './a:relative'], /absolute path in the guest/],
    [['--copy', '/no/such/file:/tmp/x'], /cannot copy \/no\/such\/file to \/tmp\/x: ENOENT/],
    [['--copy', 'guest:/no/such/file:./x', '--', 'true'], /cannot copy \/no\/such\/file to \.\/x: .*No such file/],
    [
      ['--copy', 'guest:/proc/sys/kernel/random:./taken', '--', 'true'],
      /cannot copy \/proc\/sys\/kernel\/random to .*tar on this machine failed/,
    ],
    [['--kernel', '6.12.44'], /no published kernel is "6\.12\.44"/],
    [['--konsole'], /unknown option '--konsole'/],
    [['--', 'echo c > /proc/sysrq-trigger'], /Kernel panic - not syncing: sysrq triggered crash/],
  ])('%j', async (args, words) => {
    const result = await kconform(['shell', ...args], { cwd: folder });
    expect(result.stderr).toMatch(words);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.exitCode).toBe(2);
    expect(result.leftovers).toEqual([]);
  });
});
