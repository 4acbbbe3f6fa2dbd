import { expect, test } from 'vitest';
import { GuestBuffer, ResultOf } from '../agent/batch.ts';
import { showCall } from '../agent/strace.ts';
import * as bpf from '../bpf/bpf.ts';
import * as instruction from '../bpf/instructions.ts';

import { AT, CLONE, MS, O } from './constants.ts';
import { Transcript } from './transcript.ts';

test.each([
  [
    { name: 'mount', args: ['bpffs', '/mnt', 'bpf', MS.NOSUID | MS.RDONLY, null] } as const,
    'mount("bpffs", "/mnt", "bpf", MS_RDONLY|MS_NOSUID, NULL)',
  ],
  [
    { name: 'openat', args: [AT.FDCWD, '/a\n', O.CREAT | O.RDWR, 0o600] } as const,
    'openat(AT_FDCWD, "/a\\n", O_RDWR|O_CREAT, 0600)',
  ],
  [{ name: 'openat', args: [4, '.', O.DIRECTORY, 0] } as const, 'openat(4, ".", O_RDONLY|O_DIRECTORY, 0)'],
  [{ name: 'unshare', args: [CLONE.NEWUSER | CLONE.NEWNS | 1] } as const, 'unshare(CLONE_NEWNS|CLONE_NEWUSER|0x1)'],
  [{ name: 'fsconfig', args: [3, 1, 'uid', '5', 0] } as const, 'fsconfig(3, FSCONFIG_SET_STRING, "uid", "5", 0)'],
  [{ name: 'close', args: [new ResultOf(0)] } as const, 'close(<result 0>)'],
  [
    { name: 'read', args: [3, new GuestBuffer(Buffer.alloc(65536), true), 65536] } as const,
    'read(3, {65536 bytes}, 65536)',
  ],
  [{ name: 99_999, args: [-1n] } as const, 'syscall_99999(-1)'],
])('a call as strace writes it', (call, line) => {
  expect(showCall(call)).toBe(line);
});

test('structures are shown with what they point to', () => {
  const { bytes } = bpf.mapCreate({ type: bpf.MAP_TYPE.HASH });
  const shown = showCall({ name: 'bpf', args: [bpf.CMD.MAP_CREATE, new GuestBuffer(bytes.subarray(0, 20)), 20] });
  expect(shown).toBe('bpf(BPF_MAP_CREATE, {20 bytes 0100000004000000040000000100000000000000}, 20)');
  const load = bpf.progLoad({ type: 6, instructions: instruction.exit() });
  expect(showCall({ name: 'bpf', args: [bpf.CMD.PROG_LOAD, load, 152] })).toContain(
    ', 8: {8 bytes 9500000000000000}, 16: "GPL"}, 152)',
  );
});

test('it is complete at every moment: what has not ended is unfinished', () => {
  const transcript = new Transcript();
  transcript.note('process 7 started');
  const first = transcript.begin('7 pause()');
  const second = transcript.begin('8 getpid()');
  second.become('8 getpid() = 8');
  transcript.observed({ root: { uid: 5 }, text: 'a\nb' });
  expect(transcript.text()).toBe(
    'process 7 started\n7 pause() <unfinished>\n8 getpid() = 8\nobserved root: {"uid":5}\nobserved text: "a\\nb"\n',
  );
  first.become('7 pause() = -1 EINTR');
  expect(transcript.text()).toContain('7 pause() = -1 EINTR\n8 getpid()');
});

test('a scenario that loops does not fill the memory', () => {
  const transcript = new Transcript();
  for (let index = 0; index < 20_100; index++) transcript.note(`${index}`);
  expect(transcript.text()).toMatch(/\n19999\n\(100 more calls are left out\)\n$/);
});

test('the head of what a command prints, as it comes', () => {
  const transcript = new Transcript();
  const entry = transcript.begin('$ ls');
  entry.printed(Buffer.from('a\n'));
  expect(transcript.text()).toBe('$ ls <unfinished>\n  | a\n');
  entry.printed(Buffer.from('b\n'));
  entry.end('  exit code 0');
  expect(transcript.text()).toBe('$ ls\n  | a\n  | b\n  exit code 0\n');
  const long = new Transcript();
  const output = long.begin('$ yes');
  for (let index = 0; index < 3; index++) output.printed(Buffer.alloc(1000, 'x'));
  expect(long.text()).toMatch(/x\n {2}\(1000 more bytes\)\n$/);
});
