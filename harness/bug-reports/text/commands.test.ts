import { describe, expect, test } from 'vitest';
import { takeBlocks, takePrompted } from './commands.ts';
import { readCompileLine } from './compile-line.ts';
import { Lines } from './lines.ts';
import { packagesOf } from './packages.ts';
import { partsOfText } from './parts.ts';
import { placesOf } from './runs-program.ts';

const prompted = (text: string) =>
  takePrompted(new Lines(text)).map(({ text: command, printed }) => [command, printed]);

describe('commands behind prompts', () => {
  test.each([
    ['# mount /x', 'mount /x'],
    ['$ ./repro 1', './repro 1'],
    ['root@host:~# mount /x', 'mount /x'],
    ['root@host:/sys/fs/cgroup# echo 1 > x', 'echo 1 > x'],
    ['[root@fedora ~]# mount /x', 'mount /x'],
    ['[root@fedora ~]$ mount /x', 'mount /x'],
    ['host:~ # mount /x', 'mount /x'],
    ['bash-5.2# mount /x', 'mount /x'],
    ['sh-5.1$ mount /x', 'mount /x'],
    ['~ # mount /x', 'mount /x'],
    ['/ # mount /x', 'mount /x'],
    ['    # mount /x', 'mount /x'],
    ['> # mount /x', 'mount /x'],
    ['> root@host:~# ./x', './x'],
    ['# X=1 ./run', 'X=1 ./run'],
    ['# for i in 1 2; do echo $i; done', 'for i in 1 2; do echo $i; done'],
  ])('%s', (line, command) => {
    expect(prompted(`Hi,\n\n${line}\n\nBye\n`)).toEqual([[command, undefined]]);
  });

  test.each([
    ['# Steps to reproduce'],
    ['## Kernel version'],
    ['# this mounts a file system'],
    ['#include <stdio.h>'],
    ['# CONFIG_TMPFS is not set'],
    ['#syz test: git://example.com/linux.git master'],
    ['$Id: x $'],
    ['# for this kernel only'],
    ['100% of the time'],
    ['C: # of files'],
  ])('none in %s', (line) => {
    expect(prompted(`Hi,\n\n${line}\n\nBye\n`)).toEqual([]);
  });

  test('each has what was printed below it; prose behind an empty line is nobody’s output', () => {
    const text = '# uname -r\n6.12.1\n# echo a; echo b\na\nb\n\nThat is wrong, I think.\n\n# true\n';
    expect(prompted(text)).toEqual([
      ['uname -r', ['6.12.1']],
      ['echo a; echo b', ['a', 'b']],
      ['true', undefined],
    ]);
  });

  test('an indented transcript ends with its indentation', () => {
    expect(prompted('  # cat x\n  one\n\n  two\n  # true\nand so on\n')).toEqual([
      ['cat x', ['one']],
      ['true', undefined],
    ]);
  });

  test.each([
    ['a backslash', '# mount -t tmpfs \\\n    none /mnt\n', 'mount -t tmpfs \\\n    none /mnt'],
    ['a here document', '# cat > x <<EOF\n# no prompt\nEOF\n# true', 'cat > x <<EOF\n# no prompt\nEOF'],
    ['a prompt of its own', '# for i in 1 2; do\n> echo $i\n> done\n1\n2\n', 'for i in 1 2; do\necho $i\ndone'],
    ['quotation marks', "# sh -c '\ntrue\n'\n", "sh -c '\ntrue\n'"],
    ['a pipe', '# echo a |\n> cat\n', 'echo a |\ncat'],
  ])('a command over several lines: %s', (_, text, command) => {
    expect(prompted(text)[0]?.[0]).toBe(command);
  });
});

test('blocks of commands without prompts: indented or fenced, and no prose', () => {
  const text =
    'Do this:\n\n    mkdir /x\n    mount -t tmpfs none /x\n\n```sh\numount /x\n```\n\n    find the bug and sort it out\n  test it please now\nmount is broken\n';
  expect(takeBlocks(new Lines(text)).map((one) => one.text)).toEqual([
    'mkdir /x',
    'mount -t tmpfs none /x',
    'umount /x',
  ]);
});

test.each([
  ['#!/bin/sh\nmount /x\nexit 1\n\nThis prints nothing at all.\n', '#!/bin/sh\nmount /x\nexit 1\n'],
  ['  #!/bin/bash -e\n  if true\n  then\n    mount\n  fi\ndone here\n', '#!/bin/bash -e\nif true\nthen\n  mount\nfi\n'],
  ['```\n#!/usr/bin/env python3\nprint(1)\n\nprint(2)\n```\nx\n', '#!/usr/bin/env python3\nprint(1)\n\nprint(2)\n'],
  [
    '#!/bin/sh\ncat <<E\n\nThis is all of it.\nE\ntrue\n-- \nme\n',
    '#!/bin/sh\ncat <<E\n\nThis is all of it.\nE\ntrue\n',
  ],
])('a script in a text ends where prose begins: %j', (text, script) => {
  expect(partsOfText(text, 'the text')).toMatchObject([{ kind: 'script', text: script }]);
});

test.each([
  ['gcc -O2 -o repro repro.c -lpthread', { output: 'repro', flags: ['-O2'], libraries: ['pthread'], leftOut: [] }],
  ['$ gcc repro.c', { output: undefined, flags: [], libraries: [], leftOut: [] }],
  [
    '// gcc -static -D_GNU_SOURCE -DX=1 a.c',
    { output: undefined, flags: ['-static', '-D_GNU_SOURCE', '-DX=1'], libraries: [], leftOut: [] },
  ],
  ['cc -o ../../evil x.c', { output: 'evil', flags: [], libraries: [], leftOut: [] }],
  [
    'cc -Wl,-rpath,/x -I/etc -fplugin=x.so -B. -Wp,-x -wrapper a @f x.c',
    {
      output: undefined,
      flags: [],
      libraries: [],
      leftOut: ['-Wl,-rpath,/x', '-I/etc', '-fplugin=x.so', '-B.', '-Wp,-x', '-wrapper'],
    },
  ],
])('how it is compiled: %s', (line, compile) => {
  expect(readCompileLine(line)).toEqual(compile);
});

test('no line that compiles', () => {
  expect(readCompileLine('I used gcc 14, and repro.c\nis attached')).toBeUndefined();
});

test('where the commands expect the program', () => {
  const commands = takePrompted(
    new Lines('# gcc -o x ./x.c\n# ./x 1 && /tmp/x\n# ~/x\n# cd /../tmp/../etc && /tmp/../x\n'),
  );
  expect(placesOf('x', commands)).toEqual(['./x', '/tmp/x', '~/x']);
});

test('programs of Debian packages, where busybox has others', () => {
  expect(
    packagesOf('sudo mount /x && unshare -r true\nif ip link; then :; fi\necho strace\nX=1 /usr/bin/strace true'),
  ).toEqual(['iproute2', 'mount', 'strace', 'util-linux']);
});
