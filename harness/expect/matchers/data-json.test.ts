import { expect, test } from 'vitest';
import { expectation } from '../expectation.ts';
import { asExpectation } from '../shape.ts';
import { decodeData, encodeData, type Json } from './data-json.ts';
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
  isMatcher,
  matching,
  not,
} from './matchers.ts';

const outcome = {
  all: [
    anyOf<unknown>(1, 'a', null),
    not('x'),
    matching(/^a\/"\n$/iu),
    containing('$'),
    including({ name: 'a' }),
    atLeast(-0.5),
    atMost(3),
    between(1, 2),
    byVersion({ '6.12': byConfig<unknown>('BTF', anyOf(1, 2), { deep: [not(null)] }) }),
  ],
  gone: absent(),
  undefinedMember: undefined,
  zero: -0,
  looksLikeOne: { $matcher: 'anyOf', $with: [1] },
  looksEncoded: { $value: '-0', $object: [['a', 1]], ['__proto__']: { $matcher: 'absent' } },
  ['__proto__']: 'an own name',
};
const whole = {
  ...expectation({ about: 'a', commit: 'b', outcome: {} }),
  outcome,
  splats: [{ kind: 'WARNING', title: matching(/^x/) }],
  knownBugs: [
    { title: 't', fix: null, fixedIn: [], instead: { zero: anyOf(1, 2) }, leaks: [containing('bpf_fs')] },
    { title: 'u', fix: 'f', introducedIn: ['6.12.43'], fixedIn: ['6.12.54'], instead: { gone: 1 } },
  ],
};

test('an expectation with every matcher survives JSON and a structured clone', () => {
  const encoded = encodeData(whole);
  expect(decodeData(JSON.parse(JSON.stringify(encoded)))).toStrictEqual(whole);
  expect(decodeData(structuredClone(encoded))).toStrictEqual(whole);
});

test('what only looks like a matcher, or like an encoded one, reads back as the data that it is', () => {
  const decoded = asExpectation(Object(decodeData(JSON.parse(JSON.stringify(encodeData(whole))))));
  const read = new Map(Object.entries(decoded.outcome));
  expect(isMatcher(read.get('looksLikeOne'))).toBe(false);
  expect(isMatcher(read.get('gone'))).toBe(true);
  expect(Object.is(read.get('zero'), -0)).toBe(true);
  expect(Object.hasOwn(decoded.outcome, '__proto__')).toBe(true);
});

test('matchers are readable in the encoded form', () => {
  const { outcome: encoded } = Object(encodeData({ ...whole, knownBugs: [], outcome: { a: anyOf(1, 2) } }));
  expect(encoded).toEqual({ a: { $matcher: 'anyOf', $with: [1, 2] } });
});

const encodedWith = (value: Json): Json => ({ kind: 'expectation', about: 'a', outcome: { x: value } });

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'expectation'],
  ['another $ name', encodedWith({ $later: 1 })],
  ['a matcher with more', encodedWith({ $matcher: 'absent', more: 1 })],
  ['an unknown matcher', encodedWith({ $matcher: 'zzz', $with: 1 })],
  ['a matcher without its arguments', encodedWith({ $matcher: 'anyOf' })],
  ['a matcher with the wrong arguments', encodedWith({ $matcher: 'between', $with: 5 })],
  ['a pattern that is none', encodedWith({ $matcher: 'matching', $with: { source: '(', flags: '' } })],
  ['an unknown value', encodedWith({ $value: 'x' })],
  ['a broken object', encodedWith({ $object: [1] })],
])('%s is no encoded expectation', (_, encoded) => {
  expect(() => asExpectation(Object(decodeData(encoded)))).toThrow(
    expect.objectContaining({ code: 'KC_CASE_BROKEN', blame: 'case' }),
  );
});
