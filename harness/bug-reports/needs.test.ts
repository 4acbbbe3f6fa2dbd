import { expect, test } from 'vitest';
import { lackingOf, needsOfSplat } from './needs.ts';

const splat = (kind: string, title = '') => ({ kind, title, fingerprint: ['f'] });

test.each([
  ['KASAN', 'BUG: KASAN: slab-use-after-free in f', ['a detector (KASAN): the kernel has no CONFIG_KASAN']],
  ['KASAN', 'KASAN: null-ptr-deref in range', []],
  [
    'lockdep',
    'WARNING: possible circular locking dependency detected',
    ['a detector (lockdep): the kernel has no CONFIG_PROVE_LOCKING'],
  ],
  ['WARNING', 'WARNING: at a.c f', []],
  ['BUG', 'BUG: kernel NULL pointer dereference', []],
])('%s, %s: what a published kernel lacks', (kind, title, lacking) => {
  expect(lackingOf(needsOfSplat(splat(kind, title)), new Map([['KFENCE', 'y']]))).toEqual(lacking);
});

test('a kernel that has it, and one that does not tell', () => {
  const needs = needsOfSplat(splat('KASAN', 'BUG: KASAN: x'));
  expect(lackingOf(needs, new Map([['KASAN', 'y']]))).toEqual([]);
  expect(lackingOf(needs, null)).toEqual(['a detector (KASAN): the config of the kernel is not known']);
});
