import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Expectation, expectation } from './expectation.ts';
import {
  absent,
  anyOf,
  atLeast,
  between,
  byVersion,
  containing,
  including,
  matching,
  not,
} from './matchers/matchers.ts';
import { asExpectation, type ShapeOutput } from './shape.ts';

const whole = expectation({
  about: 'a',
  commit: ['b', 'c'],
  source: 'https://x',
  needs: { config: ['BPF'], withoutConfig: ['KASAN'], files: ['/proc'], features: ['kmemleak'] },
  versions: ['6.1'],
  splats: [{ kind: 'WARNING', title: matching(/x/), frame: 'f' }],
  knownBugs: [
    { title: 't', fix: null, introducedIn: ['6.1'], fixedIn: [], link: 'l', instead: { a: 2 }, leaks: ['x'] },
  ],
  quirks: [{ title: 'q', documented: 'd', link: 'l', promised: { a: 3 } }],
  limitMs: 5,
  behaviours: { 'x/y': 'all', 'x/z': ['a'] },
  outcome: { a: 1 },
});

test('the schema and the type have the same fields', () => {
  expectTypeOf<ShapeOutput>().toEqualTypeOf<Expectation>(); // checked by tsc
});

test('an expectation with every field is taken as it is', () => {
  expect(asExpectation(whole)).toEqual(whole);
});

test.each<[string, object, RegExp]>([
  ['a misspelt field', { ...whole, needz: {} }, /: needz is an unknown field/],
  ['a misspelt need', { ...whole, needs: { confg: ['BPF'] } }, /: needs\.confg is an unknown field/],
  ['a need that is no list', { ...whole, needs: { config: 'BPF' } }, /: needs\.config must be a list/],
  ['a version that is no list', { ...whole, versions: '6.1' }, /: versions must be a list/],
  ['a commit that is none', { ...whole, commit: 5 }, /commit: it is neither a commit nor a list/],
  ['no outcome', { ...whole, outcome: undefined }, /: outcome is missing/],
  ['a misspelt splat', { ...whole, splats: [{ knid: 'BUG' }] }, /: splats\[0\]\.knid is an unknown field/],
  [
    'a bug without its fix',
    { ...whole, knownBugs: [{ title: 't', fixedIn: [], instead: {} }] },
    /: knownBugs\[0\]\.fix is missing/,
  ],
  ['an empty field', { ...whole, about: '' }, /: about is empty/],
  ['no time', { ...whole, limitMs: 0 }, /: limitMs must be more than 0/],
  ['a limit that is none', { ...whole, limitMs: '5' }, /: limitMs must be a number/],
])('%s is refused', (_, value, told) => {
  expect(() => asExpectation(value)).toThrow(told);
});

const outcome = (a: unknown) => ({ ...whole, quirks: [], knownBugs: [], outcome: { a, b: 'right' } });
const bug = { title: 't', fix: 'f', fixedIn: ['6.12.54'], instead: { a: 2 } };
const declaring = (more: object) => ({ ...whole, knownBugs: [{ ...bug, ...more }] });
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
class Uid {}

describe('what holds on no kernel is refused when the case is loaded, with its path', () => {
  test.each<[string, object, RegExp]>([
    ['a RegExp', outcome(/hello/), /outcome\.a is a RegExp: write matching\(\/hello\/\)/],
    ['a bigint', outcome(5n), /outcome\.a is the bigint 5n: write 5/],
    ['NaN', outcome(Number.NaN), /outcome\.a is NaN/],
    ['infinity', outcome(Number.POSITIVE_INFINITY), /outcome\.a is Infinity/],
    ['a date', outcome(new Date()), /outcome\.a is an object of the class Date/],
    ['a map', outcome(new Map()), /outcome\.a is an object of the class Map/],
    ['a set', outcome([new Set()]), /outcome\.a\[0\] is an object of the class Set/],
    ['a promise', outcome(Promise.resolve(1)), /outcome\.a is a promise/],
    ['bytes', outcome(Buffer.from('a')), /outcome\.a is an object of the class Buffer/],
    ['a symbol', outcome(Symbol('s')), /outcome\.a is a symbol/],
    ['a member named by a symbol', outcome({ [Symbol('s')]: 1 }), /outcome\.a has a member named Symbol\(s\)/],
    ['an instance of a class', outcome(new Uid()), /outcome\.a is an object of the class Uid/],
    ['a circle', outcome(cyclic), /outcome\.a\.self contains itself/],
    ['a hole', outcome(new Array(1)), /outcome\.a\[0\] is undefined/],
    ['a function', outcome(() => 1), /outcome\.a is the function \(without a name\), which is not called/],
    ['a matcher that is not called', outcome(absent), /outcome\.a is the function absent, which is not called/],
    ['one in a known bug', declaring({ instead: { a: absent } }), /knownBugs\[0\]\.instead\.a is the function absent/],
    ['a CVE number of another form', declaring({ cve: ['2026-31554'] }), /knownBugs\[0\]\.cve\[0\].*CVE-2026-31554/],
    ['a RegExp in a splat', { ...whole, splats: [{ title: /x/ }] }, /splats\[0\]\.title is a RegExp/],
    ['a RegExp in a matcher', outcome(anyOf<unknown>(null, /x/)), /outcome\.a anyOf\(…\)\[1\] is a RegExp/],
    ['a text for a pattern', outcome(matching('x' as never)), /outcome\.a matching\(…\) takes a regular expression/],
    ['a RegExp for a text', outcome(containing(/x/ as never)), /outcome\.a containing\(…\) takes a text/],
    ['a bound that is NaN', outcome(atLeast(Number.NaN)), /outcome\.a atLeast\(…\) takes a finite number, not NaN/],
    ['a bound that is infinite', outcome(between(0, Number.POSITIVE_INFINITY)), /between\(…\) takes a finite number/],
    ['a bound that is a bigint', outcome(atLeast(5n as never)), /takes a finite number, not the bigint 5n/],
    [
      'a matcher of no kind',
      outcome({ ...anyOf(1), $matcher: 'zzz' }),
      /outcome\.a is a matcher of the unknown kind zzz/,
    ],
    ['not undefined', outcome(not(undefined)), /outcome\.a not\(…\) is undefined/],
    ['not NaN', outcome(not(Number.NaN)), /outcome\.a not\(…\) is NaN/],
    ['not a bound of NaN', outcome(not(atLeast(Number.NaN) as never)), /takes a finite number/],
    [
      'a fence with undefined',
      outcome(byVersion({ '6.1': undefined, '6.8': 1 })),
      /byVersion\(…\)\[6\.1\] is undefined/,
    ],
    ['a fence without a version', outcome(byVersion({})), /names no version/],

    ['a matcher for any line', outcome(matching(/^.*$/)), /outcome\.a: "matching \/\^\.\*\$\/" fits anything/],
    ['a matcher for any line but the empty one', outcome(matching(/^.+$/)), /outcome\.a: .* fits anything/],
    ['anything but nothing', outcome(not(matching(/^(?!)/) as never)), /outcome\.a: .* fits anything/],
    ['anything but any of no values', outcome(not(anyOf() as never)), /outcome\.a: .* fits anything/],
    ['anything but what is not observed', outcome(not(anyOf(absent()) as never)), /outcome\.a: .* fits anything/],
    ['anything but a list with nothing', outcome(not([anyOf()] as never)), /outcome\.a: .* fits anything/],
    ['a list with any of no values', outcome(including(anyOf())), /outcome\.a: .* fits nothing/],
    ['a pattern that nothing fits', outcome(matching(/^(?!)/)), /outcome\.a: .* fits nothing/],

    ['a fix in no version', declaring({ fixedIn: ['6.12.x'] }), /"6\.12\.x" is not a kernel version/],
    ['a fix in a tag', declaring({ fixedIn: ['v6.12.54'] }), /"v6\.12\.54" is not a kernel version/],
    ['two fixes in one branch', declaring({ fixedIn: ['6.12.54', '6.12.60'] }), /two versions for 6\.12/],
    ['a regression in no version', declaring({ introducedIn: ['six'] }), /"six" is not a kernel version/],
    ['a case of no version', { ...whole, versions: ['6.12.x'] }, /"6\.12\.x" is not a kernel version/],
    ['a fence of no version', outcome(byVersion({ '6.12.x': 1 })), /"6\.12\.x" is not a kernel version/],
    ['a known bug of another path', declaring({ instead: { A: 2 } }), /names A, which nothing observes/],
    ['a behaviour of another path', { ...whole, behaviours: { 'x/y': ['A'] } }, /names A, which nothing observes/],
  ])('%s', (_, value, told) => {
    const load = () => asExpectation(value);
    expect(load).toThrow(expect.objectContaining({ code: 'KC_CASE_BROKEN', blame: 'case' }));
    expect(load).toThrow(told);
  });
});

test('what may be left out may be undefined, and what only looks like a matcher may be expected', () => {
  const value = outcome({ note: undefined, x: { $matcher: 'anyOf' } });
  expect(asExpectation(value)).toEqual(value);
});
