import { expect, test } from 'vitest';
import { anyOf, byConfig, byVersion } from '../matchers/matchers.ts';
import { isPlain, leafPaths, leavesOf } from './leaves.ts';

test('a leaf is every value that can have its own verdict on some kernel', () => {
  const expected = {
    root: { uid: 1, none: {} },
    calls: [{ errno: null }, anyOf(1, 2)],
    empty: [],
    fenced: byVersion<unknown>({ '6.1': 'absent', '6.12': { errno: byConfig<unknown>('BTF', ['a'], 1) } }),
    'a.b': 1,
  };
  expect(leafPaths(expected)).toEqual([
    'root.uid',
    'root.none',
    'calls[0].errno',
    'calls[1]',
    'empty',
    'fenced',
    'fenced.errno[0]',
    'fenced.errno',
    '["a.b"]',
  ]);
});

test('what is expected of some kernels only says of which', () => {
  const fenced = byVersion<unknown>({ '6.1': null, '6.12': { errno: byConfig('BTF', 22, 1) } });
  expect(leavesOf({ fenced })).toEqual([
    { path: 'fenced', expected: 'null since 6.1' },
    {
      path: 'fenced.errno',
      expected: '22 (EINVAL) since 6.12 with CONFIG_BTF, 1 (EPERM) since 6.12 without CONFIG_BTF',
    },
  ]);
});

test('plain data holds no matcher, however deep', () => {
  expect(isPlain({ a: [{ b: null }] })).toBe(true);
  expect(isPlain({ a: [{ b: anyOf(1) }] })).toBe(false);
});
