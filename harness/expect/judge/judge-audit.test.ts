/** Ways in which a judge could say what is not so, each tried. */
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../errors/codes.ts';
import { KconformError } from '../../errors/error.ts';
import { type ExpectationOf, expectation, type KnownBug, type UntypedScenario } from '../expectation.ts';
import { absent, brand, byConfig, including, matching } from '../matchers/matchers.ts';
import { type Leak, noReports, type OracleReports, type Outcome, type Splat } from '../outcome.ts';
import { judge } from './judge.ts';

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
const bug: KnownBug = { title: 't', fix: 'f', fixedIn: ['6.12.60', '6.18'], instead: { a: 'wrong' } };
const panicBug: KnownBug = { ...bug, instead: {}, splats: [{ title: 'Kernel panic' }] };
const died = new KconformError('the guest panicked', { code: 'KC_GUEST_PANIC', blame: 'kernel' });

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
    ['a promise', { outcome: { a: {} } }, { a: Promise.resolve(1) }, 'ERROR', 'a is a Promise, which is not data'],
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
      'the config of this kernel is unknown',
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
      'a panic that is declared',
      { knownBugs: [panicBug] },
      { observations: undefined, error: died, oracles: { splats: [panic] } },
      'XFAIL',
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

describe('a scenario that a declared splat kills or hangs', () => {
  const oops = splat('BUG', 'BUG: unable to handle page fault in pagemap_scan_pmd_entry');
  const later = splat('WARNING', 'WARNING: at kernel/exit.c do_exit');
  const fatalException = splat('panic', 'Kernel panic - not syncing: Fatal exception');
  const unrelated = splat('panic', 'Kernel panic - not syncing: VFS: Unable to mount root fs');
  const lockup = splat('lockup', 'watchdog: BUG: soft lockup - CPU stuck');
  const kasan = { ...splat('KASAN', 'BUG: KASAN: null-ptr-deref'), text: ['BUG: KASAN: null-ptr-deref', 'Oops: 0002'] };
  const named = (title: string): Fields => ({
    knownBugs: [{ ...bug, instead: {}, splats: [{ title }] }],
  });
  const scan = named('pagemap_scan_pmd_entry');
  const withMembers: Fields = { knownBugs: [{ ...bug, splats: [{ title: 'pagemap_scan' }] }] };
  const fixed: Fields = { knownBugs: [{ ...bug, fixedIn: ['6.12.50'], instead: {}, splats: [{ title: 'pagemap' }] }] };
  const unknown: Fields = { knownBugs: [{ ...bug, fixedIn: ['6.18'], instead: {}, splats: [{ title: 'pagemap' }] }] };
  const ended = (code: ErrorCode, blame: KconformError['blame']) => new KconformError(code, { code, blame });
  const timeout = ended('KC_SCENARIO_TIMEOUT', 'case');
  const rows: readonly [string, Fields, readonly Splat[], KconformError, string, string?][] = [
    ['hangs', scan, [oops], timeout, 'XFAIL', 't'],
    ['hangs, with members declared too', withMembers, [oops], timeout, 'XFAIL', 't'],
    ['is killed', scan, [oops], ended('KC_PROCESS_ENDED', 'case'), 'XFAIL'],
    ['loses its agent', scan, [oops], ended('KC_AGENT_CLOSED', 'case'), 'XFAIL'],
    ['loses what it is connected to', scan, [oops], ended('KC_CONNECTION_LOST', 'case'), 'XFAIL'],
    ['waits for a killed command', scan, [oops], ended('KC_SHELL_TIMEOUT', 'case'), 'XFAIL'],
    ['loses its connection', scan, [oops], ended('KC_SSH', 'harness'), 'XFAIL'],
    ['is stuck', scan, [oops], ended('KC_STUCK', 'kernel'), 'XFAIL'],
    ['hangs the guest', scan, [oops], ended('KC_GUEST_HANG', 'kernel'), 'XFAIL'],
    ['panics in consequence', scan, [oops, fatalException], died, 'XFAIL'],
    ['reboots after its panic', scan, [oops, fatalException], ended('KC_GUEST_REBOOT', 'kernel'), 'XFAIL'],
    ['locks up', named('soft lockup'), [lockup], timeout, 'XFAIL'],
    ['oopses within another report', named('null-ptr-deref'), [kasan], timeout, 'XFAIL'],
    ['hangs, in a branch of which nothing is known', unknown, [oops], timeout, 'XFAIL', 'fix is not known'],

    ['shows another splat too', scan, [oops, later], timeout, 'FAIL', 'WARNING'],
    ['shows another splat before', scan, [later, oops], timeout, 'FAIL', 'WARNING'],
    ['shows another splat only', scan, [lockup], timeout, 'FAIL', 'soft lockup'],
    ['panics for another reason', scan, [oops, unrelated], died, 'FAIL', 'panicked'],
    ['panics without the oops', scan, [fatalException], died, 'FAIL', 'panicked'],
    ['reboots without a word', scan, [], ended('KC_GUEST_REBOOT', 'kernel'), 'FAIL'],
    ['loses its connection without the splat', scan, [], ended('KC_SSH', 'harness'), 'ERROR'],
    ['hangs without the splat', scan, [], timeout, 'ERROR'],
    ['hangs after a declared WARNING, which kills nothing', named('do_exit'), [later], timeout, 'ERROR'],
    ['hangs where the bug is fixed', fixed, [oops], timeout, 'FAIL', 'as if f were missing'],
    ['throws for a reason of its own', scan, [oops], ended('KC_SCENARIO_THREW', 'case'), 'ERROR'],
    ['loses its host', scan, [oops], ended('KC_QEMU_KILLED', 'host'), 'ERROR'],
  ];
  test.each(rows)('%s', (_, fields, splats, error, verdict, reason = '') => {
    const judgement = judged(fields, { observations: undefined, error, oracles: { splats } });
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
  });

  const whole = { a: 'right', b: 'right', exitCode: 0, signal: null, output: '' };
  const killed = { a: 'right', exitCode: null, signal: 'SIGKILL', output: 'begun' };
  const byShell = { a: 'right', exitCode: 137, signal: null, output: 'Killed' };
  test.each<[string, readonly Splat[], object, string]>([
    ['killed', [oops], killed, 'XFAIL'],
    ['killed by a trap', [oops], { ...killed, signal: 'SIGSEGV' }, 'XFAIL'],
    ['whose command is killed', [oops], byShell, 'XFAIL'],
    ['killed, after a wrong observation', [oops], { ...killed, a: 'other' }, 'FAIL'],
    ['killed, with a surplus observation', [oops], { ...killed, c: 1 }, 'FAIL'],
    ['killed, and another splat', [oops, later], killed, 'FAIL'],
    ['killed without the splat', [], killed, 'FAIL'],
    ['that ends by itself, wrongly', [oops], { ...whole, exitCode: 3 }, 'FAIL'],
    ['that ends by itself, rightly', [oops], whole, 'XFAIL'],
  ])('a program %s', (_, splats, seen, verdict) => {
    const judgement = judged({ ...scan, outcome: whole }, { observations: { ...seen }, oracles: { splats } });
    expect(judgement).toMatchObject({ verdict });
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
