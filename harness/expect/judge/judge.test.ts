import { describe, expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { type Expectation, expectation, type KnownBug } from '../expectation.ts';
import { absent, anyOf, byConfig, byVersion } from '../matchers/matchers.ts';
import { print } from '../matchers/print.ts';
import { HIDDEN_LOG, noReports, type Observed, type OracleReports, type Splat } from '../outcome.ts';
import { judge } from './judge.ts';

const quiet: OracleReports = noReports;
const leak = (frame: string) => ({ count: 1, bytes: 8, comm: 'agent', hex: [], backtrace: [`${frame}+0x1/0x2`] });
const plain = { fingerprint: ['f'], at: 1.5, state: 'whole' } as const;
const warning: Splat = { ...plain, kind: 'WARNING', title: 'WARNING: at kernel/bpf/inode.c f', text: ['WARNING: …'] };
const sleeping: Splat = { ...plain, kind: 'sleeping', title: 'BUG: sleeping function called', text: ['BUG: …'] };
const bug: KnownBug = {
  title: 'the uid is lost',
  fix: 'ee04cff9ed4d',
  fixedIn: ['6.12.54', '6.17.4', '6.18'],
  instead: { 'root.uid': 0 },
};
const right = { root: { uid: 65534, gid: 1 }, gone: true };
const wrongAsDeclared = { root: { uid: 0, gid: 1 }, gone: true };
const old = '6.12.43+deb13-cloud-amd64';
const mended = '6.12.57+deb12-cloud-amd64';

interface Row {
  readonly fields?: Partial<Expectation>;
  readonly seen: Record<string, Observed> | undefined;
  readonly oracles?: Partial<OracleReports>;
  readonly version?: string;
  readonly config?: ReadonlyMap<string, string> | null;
  readonly error?: KconformError;
}

function judged({ fields, seen, oracles, version = mended, config = new Map(), error }: Row) {
  return judge({
    expectation: { ...expectation({ about: 'a', commit: 'b', outcome: right }), ...fields },
    outcome: { observations: seen, oracles: { ...quiet, ...oracles } },
    kernel: { version, config },
    ...(error && { error }),
  });
}

function broken(blame: KconformError['blame'], message = 'it broke'): KconformError {
  return new KconformError(message, { code: 'KC_TEST', blame });
}

describe('the verdict', () => {
  const splatBug: KnownBug = { ...bug, instead: {}, splats: [{ title: 'sleeping function' }] };
  const leakBug: KnownBug = { ...bug, instead: {}, leaks: ['bpf_fs'] };
  const race: KnownBug = { ...bug, instead: { gone: anyOf(true, false) } };
  const both: KnownBug = { ...bug, instead: { 'root.uid': 0, gone: false } };
  const kmemleak = { features: ['kmemleak'] };
  const rows: readonly [string, Row, string, string?][] = [
    ['as expected', { seen: right }, 'PASS'],
    ['a wrong value', { seen: { ...right, gone: false } }, 'FAIL', 'gone: expected true, observed false'],
    ['a missing observation', { seen: { root: right.root } }, 'FAIL', 'gone: expected true, observed (nothing)'],
    ['a surplus observation', { seen: { ...right, more: 1 } }, 'FAIL', 'more: expected (nothing), observed 1'],
    ['nothing observed', { seen: {} }, 'ERROR', 'observed nothing'],
    ['nothing observed, nothing expected', { fields: { outcome: {} }, seen: {} }, 'ERROR', 'observed nothing'],
    ['only absences expected', { fields: { outcome: { a: absent() } }, seen: {} }, 'ERROR', 'observed nothing'],
    ['no end and no error', { seen: undefined }, 'ERROR', 'came to no end'],

    [
      'a declared bug, fix lacking',
      { fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old },
      'XFAIL',
      'lost',
    ],
    [
      'a declared bug, fix present',
      { fields: { knownBugs: [bug] }, seen: wrongAsDeclared },
      'FAIL',
      'ee04cff9ed4d were',
    ],
    [
      'a declared bug gone, fix lacking',
      { fields: { knownBugs: [bug] }, seen: right, version: old },
      'XPASS',
      'not seen',
    ],
    ['a declared bug gone, fix present', { fields: { knownBugs: [bug] }, seen: right }, 'PASS'],
    [
      'another wrong value',
      { fields: { knownBugs: [bug] }, seen: { ...right, root: { uid: 7, gid: 1 } }, version: old },
      'FAIL',
    ],
    [
      'a further failure',
      { fields: { knownBugs: [bug] }, seen: { ...wrongAsDeclared, gone: false }, version: old },
      'FAIL',
      'gone',
    ],
    ['half of a declared bug', { fields: { knownBugs: [both] }, seen: wrongAsDeclared, version: old }, 'XPASS'],
    [
      'a race declared, seen',
      { fields: { knownBugs: [race] }, seen: { ...right, gone: false }, version: old },
      'XFAIL',
    ],
    ['a race declared, not seen', { fields: { knownBugs: [race] }, seen: right, version: old }, 'PASS'],
    [
      'fixed nowhere',
      { fields: { knownBugs: [{ ...bug, fix: null, fixedIn: [] }] }, seen: wrongAsDeclared, version: '6.18' },
      'XFAIL',
    ],
    ['fixed nowhere, gone', { fields: { knownBugs: [{ ...bug, fixedIn: [] }] }, seen: right, version: '7.2' }, 'XPASS'],
    [
      'a bug that names no observation',
      { fields: { knownBugs: [{ ...bug, instead: { 'root.iud': 0 } }] }, seen: right },
      'ERROR',
      'root.iud',
    ],
    [
      'a bug declared for a whole branch',
      {
        fields: { knownBugs: [{ ...bug, instead: { root: { uid: 0, gid: 1 } } }] },
        seen: wrongAsDeclared,
        version: old,
      },
      'XFAIL',
    ],
    [
      'a bug that leaves a member out',
      {
        fields: { knownBugs: [{ ...bug, instead: { root: { gid: 1 } } }] },
        seen: { ...right, root: { gid: 1 } },
        version: old,
      },
      'XFAIL',
    ],

    ['a splat', { seen: right, oracles: { splats: [warning], taints: ['W'] } }, 'FAIL', 'inode.c'],
    [
      'a leak',
      { seen: right, oracles: { leaks: [leak('memdup_user')] } },
      'FAIL',
      'leak: an unreferenced object of 8 bytes (memdup_user)',
    ],
    ['a taint', { seen: right, oracles: { taints: ['W'] } }, 'FAIL', 'new taint: W'],
    [
      'a splat beside a declared bug',
      { fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old, oracles: { splats: [warning] } },
      'FAIL',
    ],
    [
      'a named splat with its taint',
      {
        fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] },
        seen: right,
        oracles: { splats: [warning], taints: ['W'] },
      },
      'PASS',
    ],
    [
      'a named splat, another taint',
      {
        fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] },
        seen: right,
        oracles: { splats: [warning], taints: ['D'] },
      },
      'FAIL',
    ],
    [
      'a named splat that did not come',
      { fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] }, seen: right },
      'FAIL',
      'missing: WARNING',
    ],
    ['a splat that nothing names', { fields: { splats: [{}] }, seen: right, oracles: { splats: [warning] } }, 'FAIL'],
    [
      'a declared splat',
      { fields: { knownBugs: [splatBug] }, seen: right, version: old, oracles: { splats: [sleeping], taints: ['W'] } },
      'XFAIL',
    ],
    [
      'a declared splat, fix present',
      { fields: { knownBugs: [splatBug] }, seen: right, oracles: { splats: [sleeping] } },
      'FAIL',
      'ee04cff9ed4d were',
    ],
    ['a declared splat that did not come', { fields: { knownBugs: [splatBug] }, seen: right, version: old }, 'XPASS'],
    [
      'a declared leak',
      { fields: { knownBugs: [leakBug] }, seen: right, version: old, oracles: { leaks: [leak('bpf_fs_parse')] } },
      'XFAIL',
    ],

    ['a panic', { seen: undefined, error: broken('kernel', 'the kernel panicked') }, 'FAIL', 'panicked'],
    ['a panic after right observations', { seen: right, error: broken('kernel') }, 'FAIL'],
    [
      'a panic under an unmet need',
      { fields: { needs: { config: ['X'] } }, seen: undefined, error: broken('kernel') },
      'FAIL',
    ],
    ['a scenario that throws', { seen: undefined, error: broken('case') }, 'ERROR', 'it broke'],
    ['an error beside right observations', { seen: right, error: broken('host') }, 'ERROR', 'it broke'],
    [
      'a splat, then a throw',
      { seen: undefined, oracles: { splats: [warning] }, error: broken('case') },
      'FAIL',
      'then: it broke',
    ],

    ['blind to splats', { seen: right, oracles: { unavailable: { splats: 'no console' } } }, 'ERROR', 'no console'],
    [
      'blind to leaks, which nobody asked for',
      { seen: right, oracles: { unavailable: { kmemleak: 'not built' } } },
      'PASS',
    ],
    [
      'blind to leaks, asked for',
      { fields: { needs: kmemleak }, seen: right, oracles: { unavailable: { kmemleak: 'no' } } },
      'SKIP',
    ],
    [
      'blind to leaks that could be seen',
      {
        fields: { needs: kmemleak },
        seen: right,
        config: new Map([['DEBUG_KMEMLEAK', 'y']]),
        oracles: { unavailable: { kmemleak: 'disabled' } },
      },
      'ERROR',
    ],
    [
      'blind, yet wrong',
      { seen: { ...right, gone: false }, oracles: { unavailable: { splats: 'no console' } } },
      'FAIL',
    ],

    [
      'an unmet need',
      { fields: { needs: { config: ['DEBUG_KMEMLEAK'] } }, seen: right },
      'SKIP',
      'CONFIG_DEBUG_KMEMLEAK',
    ],
    [
      'a need met by a module only',
      { fields: { needs: { config: ['X'] } }, seen: right, config: new Map([['X', 'm']]) },
      'SKIP',
    ],
    [
      'a need under an unknown config',
      { fields: { needs: { config: ['X'] } }, seen: right, config: null },
      'SKIP',
      'does not tell',
    ],
    ['a met need', { fields: { needs: { config: ['X'] } }, seen: right, config: new Map([['CONFIG_X', 'y']]) }, 'PASS'],
    [
      'a version before the fence',
      { fields: { versions: ['6.12.54'] }, seen: right, version: old },
      'SKIP',
      '6.12.54 or later',
    ],
    ['a version behind the fence', { fields: { versions: ['6.12.54'] }, seen: right }, 'PASS'],
  ];
  test.each(rows)('%s', (_, row, verdict, reason = '') => {
    const judgement = judged(row);
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
    const blamed = { FAIL: ['kernel'], ERROR: ['case', 'harness', 'host'] }[verdict] ?? [undefined];
    expect(blamed).toContain(judgement.blame);
  });
});

describe('fences', () => {
  const since = byVersion({ '6.8': 'a', '6.12.54': 'b', '6.17.4': 'b', '6.18': 'b', '7.2-rc3': 'd' });
  test.each([
    ['6.8', 'a'],
    ['6.12', 'a'],
    ['6.12.53', 'a'],
    ['6.12.54-rc1', 'a'],
    ['6.12.43', 'a'],
    ['6.12.57', 'b'],
    ['6.13.9', 'a'],
    ['6.17.3', 'a'],
    ['6.17.4', 'b'],
    ['6.18-rc7', 'a'],
    ['6.19', 'b'],
    ['7.2-rc2', 'b'],
    ['7.2-rc3', 'd'],
    ['7.2', 'd'],
    ['7.3.4', 'd'],
  ])('byVersion on %s is %s', (version, seen) => {
    expect(judged({ fields: { outcome: { v: since } }, seen: { v: seen }, version }).verdict).toBe('PASS');
    // Whether 6.13 got what 6.12.54 and 6.17.4 did is not known.
    expect(judged({ fields: { outcome: { v: since } }, seen: { v: seen === 'a' ? 'b' : 'a' }, version }).verdict).toBe(
      version === '6.13.9' ? 'XFAIL' : 'FAIL',
    );
  });

  test.each([
    ['6.9', '6.12.54', '6.17.4'],
    ['6.8.1', '6.9'],
    ['6.6.15', '6.6.14', '6.7.2', '6.8'],
  ])('versions before which a case says nothing: %s against %s', (version, ...versions) => {
    const before = version === '6.8.1' || version === '6.9';
    expect(judged({ fields: { versions }, seen: right, version }).verdict).toBe(before ? 'SKIP' : 'PASS');
  });

  test.each([
    ['splats', 'harness'],
    [HIDDEN_LOG, 'case'],
  ])('of an oracle that could not look, %s, the blame is with the %s', (oracle, blame) => {
    const judgement = judged({ seen: right, oracles: { unavailable: { [oracle]: 'why' } } });
    expect(judgement).toMatchObject({ verdict: 'ERROR', blame, reason: `the ${oracle} oracle could not look: why` });
  });

  describe('memory that the scenario filled', () => {
    const oom: Splat = { kind: 'OOM', title: 'invoked oom-killer', fingerprint: [], at: 1, state: 'whole', text: [] };
    const filled: Splat = { ...oom, blame: 'case' };
    const panic: Splat = { ...filled, kind: 'panic', title: 'Kernel panic: System is deadlocked on memory' };
    const fromKernel = (code: string) => new KconformError('it hung', { code, blame: 'kernel' });
    const ended = { exitCode: 0, signal: null, output: 'done' };
    const program = { ...ended, x: 1 };
    const killed = { exitCode: null, signal: 'SIGKILL', output: '' };
    const fields = { outcome: program };

    test.each<[string, Row, string?]>([
      ['right observations', { fields, seen: program }],
      ['no observations', { seen: undefined }],
      ['nothing observed', { seen: {} }],
      ['a killed program', { fields, seen: killed }],
      ['a program that failed', { fields, seen: { ...program, exitCode: 1, output: 'no memory' } }],
      ['a program stopped by its time', { fields, seen: { ...program, exitCode: null, stoppedAfterMs: 2000 } }],
      ['a scenario without an end', { seen: undefined, error: broken('case') }],
      [
        'no killable process',
        { seen: undefined, oracles: { splats: [filled, panic] }, error: fromKernel('KC_GUEST_PANIC') },
      ],
    ])('explains %s', (_, row) => {
      const judgement = judged({ oracles: { splats: [filled] }, ...row });
      expect(judgement).toMatchObject({ verdict: 'ERROR', blame: 'case' });
      expect(judgement.reason).toMatch(/filled the guest's memory/);
    });

    test.each<[string, Row, string]>([
      ['a wrong observation', { fields, seen: { ...program, x: 2 } }, 'x: expected 1, observed 2'],
      ['a wrong observation before the kill', { fields, seen: { ...killed, x: 2 } }, 'x: expected 1, observed 2'],
      ['a missing observation of a program that lived', { fields, seen: ended }, 'x:'],
      ['a hang', { seen: undefined, error: fromKernel('KC_GUEST_HANG') }, 'it hung'],
      ['a stuck call', { seen: undefined, error: fromKernel('KC_STUCK') }, 'it hung'],
      ['a panic that was not reported', { seen: undefined, error: fromKernel('KC_GUEST_PANIC') }, 'it hung'],
      [
        'a hang after its panic',
        { seen: undefined, oracles: { splats: [filled, panic] }, error: fromKernel('KC_STUCK') },
        'it',
      ],
      [
        'another splat',
        { seen: right, oracles: { splats: [filled, { ...oom, kind: 'BUG', title: 'BUG: x' }] } },
        'BUG: x',
      ],
    ])('does not explain %s', (_, row, reason) => {
      const judgement = judged({ oracles: { splats: [filled] }, ...row });
      expect(judgement).toMatchObject({ verdict: 'FAIL', blame: 'kernel' });
      expect(judgement.reason).toContain(reason);
    });

    test('leaves the observations in the result', () => {
      const wrong = { path: 'exitCode', verdict: 'FAIL', expected: '0', observed: '1' };
      const { observations } = judged({ fields, seen: { ...program, exitCode: 1 }, oracles: { splats: [filled] } });
      expect(observations).toContainEqual(wrong);
    });
  });

  test('the observations of a scenario after which the guest hung are in the result', () => {
    const { verdict, observations } = judged({ seen: { ...right, gone: false }, error: broken('kernel') });
    expect(verdict).toBe('FAIL');
    expect(observations).toContainEqual({ path: 'gone', verdict: 'FAIL', expected: 'true', observed: 'false' });
  });

  test('a version that no fence speaks of is an ERROR of the case', () => {
    const judgement = judged({ fields: { outcome: { v: since } }, seen: { v: 'a' }, version: '6.6.1' });
    expect(judgement).toMatchObject({ verdict: 'ERROR', blame: 'case' });
  });

  test.each([
    [new Map([['BTF', 'y']]), 1, 'PASS'],
    [new Map([['BTF', 'y']]), 2, 'FAIL'],
    [new Map<string, string>(), 2, 'PASS'],
    [null, 1, 'SKIP'],
  ])('byConfig under %o, observing %s', (config, v, verdict) => {
    expect(judged({ fields: { outcome: { v: byConfig('BTF', 1, 2) } }, seen: { v }, config }).verdict).toBe(verdict);
  });
});

test('a name that no errno has is an ERROR of the case, unless something else fails as well', () => {
  const outcome = { errno: 'EINVL', uid: 0 };
  expect(judged({ fields: { outcome }, seen: { errno: 'EINVAL', uid: 0 } })).toMatchObject({
    verdict: 'ERROR',
    blame: 'case',
    reason: 'errno: expected EINVL, which is the name of no errno; observed EINVAL',
  });
  expect(judged({ fields: { outcome }, seen: { errno: 'EINVAL', uid: 1 } })).toMatchObject({ verdict: 'FAIL' });
  expect(judged({ fields: { outcome }, seen: { errno: null, uid: 0 } })).toMatchObject({ verdict: 'FAIL' });
  expect(judged({ fields: { outcome: { type: 'EXT4' } }, seen: { type: 'EROFS' } })).toMatchObject({
    verdict: 'ERROR',
  });
  expect(judged({ fields: { outcome: { type: 'EPERM' } }, seen: { type: 'EROFS' } })).toMatchObject({
    verdict: 'FAIL',
  });
});

test('each observation has a verdict of its own, and the fix is named', () => {
  const judgement = judged({ fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old });
  expect(judgement.fix).toBe('ee04cff9ed4d');
  expect(judgement.observations).toEqual([
    { path: 'root.uid', verdict: 'XFAIL', expected: '65534', observed: '0' },
    { path: 'root.gid', verdict: 'PASS', expected: '1', observed: '1' },
    { path: 'gone', verdict: 'PASS', expected: 'true', observed: 'true' },
  ]);
});

test.each([{ $matcher: 'zzz' }, { $matcher: 'anyOf', $with: [1, 2] }, { $matcher: 'absent', more: 1 }, { $with: 1 }])(
  'an observation that looks like the matcher %j is data: it equals itself and nothing else',
  (x) => {
    expect(judged({ fields: { outcome: { x } }, seen: { x: { ...x } } }).verdict).toBe('PASS');
    const judgement = judged({ fields: { outcome: { x: 1, y: 2 } }, seen: { x, y: 2 } });
    expect(judgement).toMatchObject({ verdict: 'FAIL', blame: 'kernel' });
    expect(judgement.observations.every(({ observed }) => typeof observed === 'string')).toBe(true);
    expect(judgement.reason).toBe(`x: expected 1, observed ${print(x)}`);
    const bugged = { outcome: { x: 1 }, knownBugs: [{ ...bug, instead: { x: anyOf(3, 4) } }] };
    expect(judged({ fields: bugged, seen: { x }, version: old }).verdict).toBe('FAIL');
  },
);
