/** Ways in which a judge could say what is not so, each tried. */
import { describe, expect, test } from 'vitest';
import { KconformError } from '../errors.ts';
import { type ExpectationOf, expectation, type KnownBug, type UntypedScenario } from './expectation.ts';
import { judge } from './judge.ts';
import { absent, brand, byConfig, including, matching } from './matchers.ts';
import { type Leak, noReports, type OracleReports, type Outcome, type Splat } from './outcome.ts';

const splat = (kind: string, title: string): Splat => ({
  kind,
  title,
  fingerprint: [],
  at: null,
  state: 'whole',
  text: [title],
});
const leak: Leak = { count: 1, bytes: 8, comm: 'sh', hex: [], backtrace: ['strndup_user+0x4b/0x70'] };
const sleeping = splat('sleeping', 'BUG: sleeping function called from invalid context');
const panic = splat('panic', 'Kernel panic - not syncing: Fatal exception');
const bug: KnownBug = { title: 't', fix: 'f', fixedIn: ['6.18'], instead: { a: 'wrong' } };
const panicBug: KnownBug = { ...bug, instead: {}, splats: [{ title: 'Kernel panic' }] };
const died = new KconformError('the guest panicked', { code: 'KC_PANIC', blame: 'kernel' });

type Fields = Partial<ExpectationOf<UntypedScenario>>;
interface Seen {
  /** What a scenario without types may come to. */
  readonly observations: Outcome['observations'];
  readonly oracles?: Partial<OracleReports>;
  readonly error?: KconformError;
  readonly config?: ReadonlyMap<string, string> | null;
}

function judged(fields: Fields, { observations, oracles, error, config = null }: Seen) {
  return judge({
    expectation: expectation({ about: 'a', commit: 'b', outcome: { a: 'right' }, ...fields }),
    outcome: { observations, oracles: { ...noReports, ...oracles } },
    kernel: { version: '6.12.57', config },
    ...(error && { error }),
  });
}

const cyclic: Record<string, unknown> = {};
cyclic.a = cyclic;

describe('observations', () => {
  const rows: readonly [string, Fields, Outcome['observations'], string, string?][] = [
    ['undefined where null is right', { outcome: { a: null } }, { a: undefined }, 'ERROR', 'observed nothing'],
    ['undefined where null is right, beside another', { outcome: { a: null, b: 1 } }, { a: undefined, b: 1 }, 'FAIL'],
    ['null where nothing is right', { outcome: { a: absent(), b: 1 } }, { a: null, b: 1 }, 'FAIL'],
    ['null that nobody expects', { outcome: { b: 1 } }, { a: null, b: 1 }, 'FAIL', 'a: expected (nothing)'],
    ['an empty list that nobody expects', { outcome: { b: 1 } }, { a: [], b: 1 }, 'FAIL', 'a: expected (nothing)'],
    ['an empty object that nobody expects', { outcome: { b: 1 } }, { a: {}, b: 1 }, 'FAIL', 'a: expected (nothing)'],
    ['an element too many', { outcome: { a: [1] } }, { a: [1, 1] }, 'FAIL', 'a[1]: expected (nothing)'],
    ['the same element twice, once there', { outcome: { a: including('x', 'x') } }, { a: ['x', 'y'] }, 'FAIL'],
    ['an empty outcome', { outcome: {} }, { a: 1 }, 'FAIL', 'a: expected (nothing)'],
    ['names that look like paths', { outcome: { 'a.b': 1 } }, { a: { b: 1 } }, 'FAIL'],
    ['text for a number', { outcome: { a: 1 } }, { a: '1' }, 'FAIL'],
    ['a promise', { outcome: { a: {} } }, { a: Promise.resolve(1) }, 'ERROR', 'a is a Promise, which is no data'],
    ['a map', { outcome: { a: {} } }, { a: new Map([[1, 2]]) }, 'ERROR', 'a is a Map'],
    ['an error', { outcome: { a: {} } }, { a: new Error('e') }, 'ERROR', 'a is an Error'],
    ['bytes', { outcome: { a: [1] } }, { a: { b: Buffer.from([1]) } }, 'ERROR', 'a.b is a Buffer'],
    ['a bigint', { outcome: { a: 5 } }, { a: 5n }, 'ERROR', 'a is a bigint'],
    ['a function', { outcome: { a: 5 } }, { a: [() => 5] }, 'ERROR', 'a[0] is a function'],
    ['what contains itself', { outcome: { a: 5 } }, cyclic, 'ERROR', 'itself'],
    [
      'a broken pattern',
      { outcome: { a: { ...matching(/^x/), $with: { source: '^(', flags: '' } } } },
      { a: 'x' },
      'ERROR',
    ],
    [
      'a fence under an unknown config',
      { outcome: { a: byConfig('BTF', 1, 1) } },
      { a: 1 },
      'SKIP',
      'does not tell its config',
    ],
  ];
  test.each(rows)('%s', (_, fields, observations, verdict, reason = '') => {
    const judgement = judged(fields, { observations });
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
    expect(judgement.blame).toBe({ FAIL: 'kernel', ERROR: 'case' }[verdict]);
  });
});

describe('known bugs', () => {
  const other: KnownBug = { ...bug, title: 'other', instead: { b: 'wrong' } };
  const both = { outcome: { a: 'right', b: 'right' }, knownBugs: [bug, other] };
  const overlapping = { knownBugs: [bug, { ...bug, title: 'u', fix: 'g', fixedIn: ['6.12'] }] };
  const elsewhere = { knownBugs: [bug, { ...bug, title: 'u', fix: 'g', fixedIn: ['6.12'], instead: { a: 'worse' } }] };
  const rows: readonly [string, Fields, Seen, string, string?][] = [
    ['one seen, the other not', both, { observations: { a: 'wrong', b: 'right' } }, 'XPASS', 'other'],
    ['one seen, the other otherwise', both, { observations: { a: 'wrong', b: 'worse' } }, 'FAIL', 'b: expected'],
    ['one seen, and a surplus', both, { observations: { a: 'wrong', b: 'wrong', c: 1 } }, 'FAIL', 'c: expected'],
    ['one seen, one gone missing', both, { observations: { a: 'wrong' } }, 'FAIL', 'b: expected'],
    ['two of one symptom, one fixed here', overlapping, { observations: { a: 'wrong' } }, 'XFAIL', 't'],
    ['the symptom of the fixed one', elsewhere, { observations: { a: 'worse' } }, 'FAIL', 'as if g were missing'],
    [
      'a splat beside the symptom',
      { knownBugs: [bug] },
      { observations: { a: 'wrong' }, oracles: { splats: [sleeping] } },
      'FAIL',
    ],
    [
      'a leak beside the symptom',
      { knownBugs: [bug] },
      { observations: { a: 'wrong' }, oracles: { leaks: [leak] } },
      'FAIL',
    ],
    [
      'a taint beside the symptom',
      { knownBugs: [bug] },
      { observations: { a: 'wrong' }, oracles: { taints: ['D'] } },
      'FAIL',
    ],
    ['a panic', { knownBugs: [bug] }, { observations: undefined, error: died }, 'FAIL', 'panicked'],
    [
      'a panic that comes with the symptom',
      { knownBugs: [bug] },
      { observations: { a: 'wrong' }, error: died },
      'FAIL',
    ],
    [
      'a panic, though one is declared: the rest of the case was not seen',
      { knownBugs: [panicBug] },
      { observations: undefined, error: died, oracles: { splats: [panic] } },
      'FAIL',
    ],
    [
      'the declared splat and another',
      { knownBugs: [{ ...bug, instead: {}, splats: [{ title: 'sleeping function' }] }] },
      { observations: { a: 'right' }, oracles: { splats: [sleeping, splat('WARNING', 'WARNING: at x')] } },
      'FAIL',
    ],
    [
      'the declared splat of another kind',
      { knownBugs: [{ ...bug, instead: {}, splats: [{ kind: 'WARNING', title: 'sleeping function' }] }] },
      { observations: { a: 'right' }, oracles: { splats: [sleeping] } },
      'FAIL',
    ],
  ];
  test.each(rows)('%s', (_, fields, seen, verdict, reason = '') => {
    const judgement = judged(fields, seen);
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
  });
});

describe('oracles', () => {
  const expected: Fields = { splats: [{ title: 'sleeping function' }] };
  const blind = { splats: 'the console is full' };
  test('an expected splat is not missing where nobody could look', () => {
    const judgement = judged(expected, { observations: { a: 'right' }, oracles: { unavailable: blind } });
    expect(judgement).toMatchObject({ verdict: 'ERROR', blame: 'harness' });
    expect(judgement.reason).toContain('the console is full');
  });

  test('an expected splat does not cover what else the kernel says', () => {
    const seen = { observations: { a: 'right' }, oracles: { splats: [sleeping, panic] } };
    expect(judged(expected, seen)).toMatchObject({ verdict: 'FAIL' });
  });

  test('an expected splat covers no taint that another kind of report sets', () => {
    const seen = { observations: { a: 'right' }, oracles: { splats: [sleeping], taints: ['D'] } };
    expect(judged(expected, seen)).toMatchObject({ verdict: 'FAIL', reason: 'new taint: D' });
  });

  test('a pattern that is none ends in a verdict, not in an exception', () => {
    const title = { [brand]: true, $matcher: 'matching', $with: { source: '(', flags: '' } } as const;
    const seen = { observations: { a: 'right' }, oracles: { splats: [sleeping] } };
    expect(judged({ splats: [{ title }] }, seen)).toMatchObject({ verdict: 'ERROR', blame: 'case' });
  });
});
