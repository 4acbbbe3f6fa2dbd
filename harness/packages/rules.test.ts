import { expect, test } from 'vitest';
import { alternativesIn, chosenAlternatives } from './alternatives.ts';
import { arrangeMembers } from './arrange.ts';
import type { Member } from './contents.ts';
import { guestPath } from './guest-paths.ts';
import { parseUris } from './resolve.ts';
import { suiteSources } from './suite.ts';

test.each([
  ['./usr/bin/strace', 'usr/bin/strace'],
  ['./bin/bash', 'usr/bin/bash'],
  ['./lib/udev/', 'usr/lib/udev'],
  ['./lib64/ld-linux-x86-64.so.2', 'usr/lib64/ld-linux-x86-64.so.2'],
  ['./libx', 'libx'],
  ['./usr/share/locale-langpack', 'usr/share/locale-langpack'],
])('%s has a place', (name, path) => expect(guestPath(name)).toBe(path));

test.each([
  './',
  './bin',
  './lib/',
  './usr/',
  './usr/bin',
  './etc/passwd',
  './bin/sh',
  './usr/bin/busybox',
  './root/',
  './usr/share/man/man1/x.1.gz',
])('%s stays out', (name) => expect(guestPath(name)).toBeUndefined());

test('links of update-alternatives are read from a script, with the links that follow them', () => {
  const script = `
    case "$1" in configure)
      update-alternatives --quiet --install /usr/bin/awk awk /usr/bin/gawk 10 \\
        --slave /usr/bin/nawk nawk /usr/bin/gawk
      update-alternatives \\
        --install "$link" x "$target" 5
      update-alternatives --remove awk /usr/bin/old
    ;; esac`;
  const other = alternativesIn('update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5\n');
  expect(chosenAlternatives([...other, ...alternativesIn(script)])).toEqual([
    { link: '/usr/bin/awk', target: '/usr/bin/gawk', priority: 10 },
    { link: '/usr/bin/nawk', target: '/usr/bin/gawk', priority: 10 },
  ]);
});

test('members stand behind their folders, and a link whose target is not there is not made', () => {
  const file: Member = {
    path: 'usr/lib/udev/rules.d/x',
    mode: 0o100644,
    uid: 0,
    gid: 0,
    content: { kind: 'text', text: '' },
  };
  const alternatives = [{ link: '/usr/bin/x', target: '/usr/bin/none', priority: 1 }];
  const paths = arrangeMembers({ members: new Map([[file.path, file]]), alternatives }).map(({ path }) => path);
  expect(paths).toEqual([
    'etc/mtab',
    'usr/lib/udev',
    'usr/lib/udev/rules.d',
    'usr/lib/udev/rules.d/x',
    'var/lock',
    'var/run',
  ]);
});

test('what apt would download is read from its table', () => {
  const line = "'mirror:/libcap2_2.75-10%2bb3_amd64.deb' libcap2_1%3a2.75-10+b3_amd64.deb 28684 SHA256:00\n";
  expect(parseUris(`${line}N: a note\n`)).toEqual([
    { name: 'libcap2', version: '1:2.75-10+b3', file: 'libcap2_1%3a2.75-10+b3_amd64.deb', size: 28684 },
  ]);
});

test('packages come from one release, its updates and its security updates', () => {
  const suites = ['bookworm', 'trixie', 'trixie-updates', 'trixie-backports', 'sid', 'trixie-security'];
  const list = suites.map((suite) => `deb [arch=amd64 signed-by=/k] mirror:/debian ${suite} main\n`).join('');
  const chosen = suiteSources(list).split('\n');
  expect(chosen.map((line) => line.split(' ')[4])).toEqual(['trixie', 'trixie-updates', 'trixie-security', undefined]);
});
