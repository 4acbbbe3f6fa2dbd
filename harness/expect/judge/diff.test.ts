import { describe, expect, test } from 'vitest';
import {
  absent,
  anyOf,
  atLeast,
  atMost,
  between,
  byConfig,
  byVersion,
  containing,
  including,
  matching,
  not,
} from '../matchers/matchers.ts';
import { print } from '../matchers/print.ts';
import { diff, valueAt } from './diff.ts';

describe('a leaf', () => {
  const rows: readonly [unknown, unknown, boolean][] = [
    ['a', 'a', true],
    [1, '1', false],
    [null, 0, false],
    [null, null, true],
    [null, undefined, false],
    [Number.NaN, Number.NaN, true],
    [[], [], true],
    [[], {}, false],
    [{}, [], false],
    [{}, null, false],
    [anyOf('EPERM', 'EACCES'), 'EACCES', true],
    [anyOf(), undefined, false],
    [anyOf(atLeast(5), 1), 1, true],
    [not(1), 2, true],
    [not(1), 1, false],
    [not(1), undefined, false],
    [absent(), undefined, true],
    [absent(), null, false],
    [matching(/^rw,/g), 'rw,relatime', true],
    [matching(/1/), 1, false],
    [containing('uid'), 'rw,uid=0', true],
    [including<string | number>('b', atLeast(3)), ['a', 'b', 4], true],
    [including('b'), 'abc', false],
    [atLeast(3), 3, true],
    [atLeast(3), '3', false],
    [atLeast(3), Number.NaN, false],
    [atMost(3), 4, false],
    [between(1, 3), 3, true],
    [byVersion({ '6.12': 1 }), 1, false],
  ];
  test.each(rows)('%o against %o', (expected, observed, ok) => {
    expect(diff({ leaf: expected }, { leaf: observed })).toEqual([expect.objectContaining({ path: 'leaf', ok })]);
  });
});

test('every leaf is named, missing and surplus ones too', () => {
  const expected = { root: { uid: 1, errno: 22 }, calls: [{ errno: 'EPERM' }, 0], gone: true };
  const observed = { root: { uid: 1, errno: 1, mode: 0o41777 }, calls: [{ errno: 'EPERM' }], 'a.b': 'it’s' };
  const lines = diff(expected, observed).map((leaf) =>
    [leaf.ok ? ' ' : '!', leaf.path, leaf.expected, leaf.observed].join(' | '),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "  | root.uid | 1 | 1
    ! | root.errno | 22 (EINVAL) | 1 (EPERM)
    ! | root.mode | (nothing) | 0o41777
      | calls[0].errno | 'EPERM' | 'EPERM'
    ! | calls[1] | 0 | (nothing)
    ! | gone | true | (nothing)
    ! | ["a.b"] | (nothing) | 'it’s'"
  `);
});

test('names of Object.prototype are names like any other', () => {
  expect(diff({}, JSON.parse('{"constructor": 1, "__proto__": 2}')).map(({ path, ok }) => [path, ok])).toEqual([
    ['constructor', false],
    ['__proto__', false],
  ]);
  expect(diff({ toString: 'x' }, {})[0]?.ok).toBe(false);
});

test('the paths that a diff writes can be looked up', () => {
  const tree = { calls: [{ 'a.b': { c: 1 } }] };
  const path = diff({}, tree)[0]?.path;
  expect(path).toBe('calls');
  expect(diff({ calls: [{ 'a.b': { c: 2 } }] }, tree)[0]?.path).toBe('calls[0]["a.b"].c');
  expect(valueAt(tree, 'calls[0]["a.b"].c')).toBe(1);
  expect(valueAt(tree, 'calls[1].c')).toBeUndefined();
});

test.each([
  [anyOf('EPERM', 'EACCES'), "'EPERM' or 'EACCES'"],
  [not(1), 'not 1'],
  [matching(/^rw/i), 'matching /^rw/i'],
  [between(1, 3), '1 to 3'],
  [including('a'), "including 'a'"],
  [byVersion({ '6.12': 1, '6.18': 2 }), '1 since 6.12, 2 since 6.18'],
  [byConfig('BTF', 1, absent()), '1 with CONFIG_BTF, (nothing) without'],
  ["it's\n", "'it\\'s\\n'"],
])('%o is printed as an author reads it', (value, text) => {
  expect(print(value)).toBe(text);
});
