import { expect, test } from 'vitest';
import { didYouMean, nearestNames } from './nearest.ts';

const NAMES = [
  'bpffs',
  'bpffs/mount-mode',
  'bpffs/mount-owner',
  'bpffs/delegate-names',
  'bpffs/other-users',
  'token/create-who',
  'token/create-where',
];

test.each([
  ['bpffs/mount-owners', 'bpffs/mount-owner'],
  ['bpffs/mount-onwer', 'bpffs/mount-owner'],
  ['mount-ownr', 'bpffs/mount-owner'],
  ['token/mount-owner', 'bpffs/mount-owner'],
  ['bpfs', 'bpffs'],
  ['BPFFS/Mount-Mode', 'bpffs/mount-mode'],
  ['delegate', 'bpffs/delegate-names'],
])('%s: the first guess is %s', (wanted, first) => {
  expect(nearestNames(wanted, NAMES)[0]).toBe(first);
});

test('at most three names, the most likely first', () => {
  const many = Array.from({ length: 9 }, (_, index) => `group/case-${index}`);
  expect(nearestNames('case-x', many)).toEqual(['group/case-0', 'group/case-1', 'group/case-2']);
  expect(nearestNames('case-7', many)).toEqual(['group/case-7']);
});

test('no guess where nothing is alike', () => {
  expect(nearestNames('x', NAMES)).toEqual([]);
  expect(didYouMean('something-else', NAMES)).toBeUndefined();
});

test('a sentence', () => {
  expect(didYouMean('token/create-wh', NAMES)).toBe('did you mean token/create-who or token/create-where?');
  expect(didYouMean('kasn', ['debug', 'kasan'])).toBe('did you mean kasan?');
});
