import { expect, test } from 'vitest';
import { expectation } from './expectation.ts';
import { matching } from './matchers.ts';
import { asExpectation } from './shape.ts';

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

test('an expectation with every field is taken as it is', () => {
  expect(asExpectation(whole)).toBe(whole);
});

test.each<[string, object, RegExp]>([
  ['a misspelt field', { ...whole, needz: {} }, /Unrecognized key: "needz"/],
  ['a misspelt need', { ...whole, needs: { confg: ['BPF'] } }, /needs: Unrecognized key: "confg"/],
  ['a need that is no list', { ...whole, needs: { config: 'BPF' } }, /needs\.config: .*expected array/],
  ['a version that is no list', { ...whole, versions: '6.1' }, /versions: .*expected array/],
  ['a commit that is none', { ...whole, commit: 5 }, /commit: it is neither a commit nor a list/],
  ['no outcome', { ...whole, outcome: undefined }, /outcome: .*expected object/],
  ['a misspelt splat', { ...whole, splats: [{ knid: 'BUG' }] }, /splats\.0: Unrecognized key: "knid"/],
  ['a bug without its fix', { ...whole, knownBugs: [{ title: 't', fixedIn: [], instead: {} }] }, /knownBugs\.0\.fix/],
  ['a limit that is none', { ...whole, limitMs: '5' }, /limitMs: .*expected number/],
])('%s is refused', (_, value, told) => {
  expect(() => asExpectation(value)).toThrow(told);
});
