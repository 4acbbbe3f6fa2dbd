import { expect, test } from 'vitest';
import { startFailure } from './start-failure.ts';

const reasonOf = (output: string, exitCode: number | null) => startFailure(Buffer.from(output), { exitCode });

test.each([
  ['scenario: the program cannot be executed\n', 127, 'cannot be executed'],
  [
    './x: error while loading shared libraries: libcap.so.2: cannot open shared object file: No such file or directory\n',
    127,
    'error while loading shared libraries: libcap.so.2: cannot open shared object file: No such file or directory',
  ],
  [
    "./x: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.43' not found (required by ./x)\n",
    1,
    "version `GLIBC_2.43' not found (required by ./x)",
  ],
  [
    "/usr/bin/stdbuf: failed to run command './x': No such file or directory\n",
    127,
    "failed to run command './x': No such file or directory",
  ],
  ['/bin/sh: 1: keyctl01.sh: not found\n', 127, 'keyctl01.sh: not found'],
  ['/bin/sh: keyctl01.sh: not found\n', 127, 'keyctl01.sh: not found'],
  ['sh: line 1: ./x: Permission denied\n', 126, './x: Permission denied'],
])('%s', (output, exitCode, reason) => {
  expect(reasonOf(output, exitCode)).toBe(reason);
  expect(reasonOf(output, 0)).toBeUndefined();
  expect(reasonOf(output, null)).toBeUndefined();
  expect(reasonOf(`${output}not ok 1\n`, exitCode)).toBeUndefined();
});

test('a program that ended with 127 by itself was started', () => {
  expect(reasonOf('./test.sh: line 2: nothing: not found\n', 127)).toBeUndefined();
  expect(reasonOf('', 127)).toBeUndefined();
});
