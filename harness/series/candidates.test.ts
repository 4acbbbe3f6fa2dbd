import { expect, test } from 'vitest';
import { candidatesAmong, isHash, sameTitle } from './candidates.ts';

const entry = (upstream: string, title: string) => ({ packageVersion: `${upstream}-1`, upstream, title });
const FUTEX = entry('6.12.80', 'futex: Require sys_futex_requeue() to have identical flags (CVE-2026-31554)');
const OTHERS = [
  entry('6.12.78', 'rxrpc: Fix recvmsg() on a queue'),
  entry('6.12.79', 'fs/namespace: correctly handle errors'),
  entry('6.12.79', 'selftests/futex: Fix the requeue test'),
];
const BETWEEN = [...OTHERS, FUTEX];
const LATER = entry('6.12.112', 'bpf: Reject key-less BTF for hash maps');
const NOTHING = { titles: [], hashes: [], cve: [], files: [], words: [] };

const titles = (all: readonly { readonly title: string }[]) => all.map(({ title }) => title);

test.each([
  [{ titles: ['futex: Require sys_futex_requeue() to have identical flags'] }],
  [{ titles: ['another title'], cve: ['CVE-2026-31554'] }],
])('the fix that a case names is found by %j', (declared) => {
  const found = candidatesAmong(BETWEEN, [...BETWEEN, LATER], { ...NOTHING, ...declared });
  expect(titles(found.named)).toEqual([FUTEX.title]);
  expect(found.named[0]?.upstream).toBe('6.12.80');
});

test('a declared fix that is not between the two is named, as is one that the changelog does not list', () => {
  const declared = { ...NOTHING, titles: [LATER.title, 'x: y'], hashes: ['ee04cff9ed4d'] };
  const found = candidatesAmong(BETWEEN, [...BETWEEN, LATER], declared);
  expect(found.named).toEqual([]);
  expect(titles(found.elsewhere)).toEqual([LATER.title]);
  expect(found.unlisted).toEqual(['x: y', 'ee04cff9ed4d']);
});

test('without files, titles that share rare words with the reproducer are likely; tests and tools are not', () => {
  const words = ['#include <stdio.h>\n/* sys_futex_requeue must refuse differing flags */'];
  const found = candidatesAmong(BETWEEN, BETWEEN, { ...NOTHING, words });
  expect(found.by).toBe('words');
  expect(titles(found.likely)).toEqual([FUTEX.title]);
  expect(found.likely[0]?.shared).toEqual(['futex', 'requeue']);
});

test('with files, titles of their subsystems are likely', () => {
  const found = candidatesAmong(BETWEEN, BETWEEN, { ...NOTHING, files: ['fs/namespace.c'] });
  expect(found.by).toBe('files');
  expect(titles(found.likely)).toEqual(['fs/namespace: correctly handle errors']);
});

test.each([
  ['[amd64] kvm: x', 'kvm: x', true],
  ['kvm: x (CVE-2026-1, CVE-2026-22)', 'kvm:  x', true],
  ['Revert "kvm: x"', 'kvm: x', false],
])('%s and %s are one title: %s', (one, other, same) => expect(sameTitle(one, other)).toBe(same));

test.each([
  ['ee04cff9ed4d', true],
  ['futex: x', false],
  ['deadbee', true],
])('%s is a hash: %s', (text, is) => expect(isHash(text)).toBe(is));
