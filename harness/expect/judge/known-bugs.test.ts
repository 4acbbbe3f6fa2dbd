import { describe, expect, test } from 'vitest';
import { expectation, type KnownBug } from '../expectation.ts';
import { byVersion } from '../matchers/matchers.ts';
import { noReports, type OracleReports } from '../outcome.ts';
import { judge } from './judge.ts';
import { type BugState, stateOf } from './known-bugs.ts';

/** Came with the fix of another bug, a branch at a time, and was fixed in turn. */
const regression: KnownBug = {
  title: 'the inode is freed without a grace period',
  fix: '53649846e043',
  introducedIn: ['6.12.54', '6.17.4', '6.18'],
  fixedIn: ['6.12.97', '7.1.2', '7.2'],
  instead: { freed: 'at once' },
};

const windows: readonly [string, BugState][] = [
  ['6.1.192', 'undetermined'], // nobody has said whether it came there
  ['6.11', 'before'],
  ['6.12', 'before'],
  ['6.12.53', 'before'],
  ['6.12.54-rc1', 'before'],
  ['6.12.54', 'present'],
  ['6.12.80+deb12-cloud-amd64', 'present'],
  ['6.12.96', 'present'],
  ['6.12.97', 'fixed'],
  ['6.12.117+deb12-cloud-amd64', 'fixed'],
  ['6.13.12', 'undetermined'], // a branch that may have got both, or neither
  ['6.17.3', 'before'],
  ['6.17.13', 'undetermined'], // it has the bug, and may have got the fix
  ['6.18-rc7', 'before'],
  ['6.18', 'present'],
  ['6.19', 'present'],
  ['6.19.5', 'undetermined'], // it has the bug, and may have got the fix
  ['7.1.1', 'present'],
  ['7.1.2', 'fixed'],
  ['7.2-rc1', 'present'], // the entry says the release
  ['7.2', 'fixed'],
  ['7.3', 'fixed'],
];

describe('a bug that is in a window of versions', () => {
  test.each(windows)('on %s: %s', (version, state) => {
    expect(stateOf(regression, { version, config: null })).toBe(state);
    const verdicts = { before: 'FAIL', present: 'XFAIL', fixed: 'FAIL', undetermined: 'XFAIL' };
    expect(judged(version, 'at once').verdict).toBe(verdicts[state]);
    expect(judged(version, 'later').verdict).toBe(state === 'present' ? 'XPASS' : 'PASS');
    expect(judged(version, 'never').verdict).toBe('FAIL');
  });

  test('is not confused with a missing fix on a kernel that should never have it', () => {
    expect(judged('6.12.53', 'at once')).toMatchObject({
      reason:
        "freed: expected 'later', observed 'at once', as if this kernel had what came only with 6.12.54, 6.17.4, 6.18 " +
        '(the inode is freed without a grace period)',
    });
    expect(judged('6.12.53', 'at once')).not.toHaveProperty('fix');
    expect(judged('6.12.97', 'at once')).toMatchObject({ fix: '53649846e043' });
  });

  test('and shows in a splat only', () => {
    const title = 'BUG: KASAN: slab-use-after-free in link_path_walk';
    const splat = { kind: 'KASAN', title, fingerprint: ['link_path_walk'], at: 1, state: 'whole', text: [] } as const;
    const splatBug = { ...regression, instead: {}, splats: [{ kind: 'KASAN', title: 'link_path_walk' }] };
    const seen = (version: string) => judged(version, 'later', splatBug, { splats: [splat] }).verdict;
    expect(['6.12.53', '6.12.54', '6.12.97', '6.13.12'].map(seen)).toEqual(['FAIL', 'XFAIL', 'FAIL', 'XFAIL']);
    const unseen = (version: string) => judged(version, 'later', splatBug).verdict;
    expect(['6.12.53', '6.12.54', '6.12.97', '6.13.12'].map(unseen)).toEqual(['PASS', 'XPASS', 'PASS', 'PASS']);
  });
});

type Window = Pick<KnownBug, 'introducedIn' | 'fixedIn'>;
const { introducedIn: _, ...always } = regression;

/** The table in docs/authoring.md. */
describe('a fix or a regression that is known for some branches', () => {
  const backport: Window = { fixedIn: ['6.12.54'] };
  const everywhere: Window = { fixedIn: ['6.12.54', '6.18'] };
  const stableRegression: Window = { introducedIn: ['6.12.43'], fixedIn: [] };
  const rows: readonly [string, Window, string, BugState][] = [
    ['its own branch', everywhere, '6.12.53', 'present'],
    ['its own branch', everywhere, '6.12.54', 'fixed'],
    ['descends from the fix in mainline', everywhere, '6.19.3', 'fixed'],
    ['mainline before the fix', everywhere, '6.17', 'present'],
    ['another branch', everywhere, '6.13.2', 'undetermined'],
    ['another branch', everywhere, '6.6.100', 'undetermined'],
    ['no fix of mainline is known', backport, '6.13.2', 'undetermined'],
    ['no fix of mainline is known', backport, '7.0', 'undetermined'],
    ['its own branch', stableRegression, '6.12.42', 'before'],
    ['its own branch', stableRegression, '6.12.118', 'present'],
    ['no regression of mainline is known', stableRegression, '6.13.1', 'undetermined'],
    ['no regression of mainline is known', stableRegression, '7.0', 'undetermined'],
    ['mainline before the regression', stableRegression, '6.12', 'before'],
    ['fixed nowhere', { fixedIn: [] }, '6.13.1', 'present'],
  ];
  const verdicts: Readonly<Record<BugState, readonly string[]>> = {
    before: ['PASS', 'FAIL', 'FAIL'],
    present: ['XPASS', 'XFAIL', 'FAIL'],
    fixed: ['PASS', 'FAIL', 'FAIL'],
    undetermined: ['PASS', 'XFAIL', 'FAIL'],
  };
  test.each(rows)('%s: %j on %s is %s', (_why, window, version, state) => {
    const bug = { ...always, ...window };
    expect(stateOf(bug, { version, config: null })).toBe(state);
    expect(['later', 'at once', 'never'].map((freed) => judged(version, freed, bug).verdict)).toEqual(verdicts[state]);
  });

  test.each([
    [backport, '6.13.2', 'fix'],
    [stableRegression, '7.0', 'regression'],
  ])('%j on %s: the reason says what is not known, and no fix is named', (window, version, what) => {
    const judgement = judged(version, 'at once', { ...always, ...window });
    expect(judgement.reason).toBe(`${regression.title}: whether this branch has the ${what} is not known`);
    expect(judgement).not.toHaveProperty('fix');
  });
});

function judged(version: string, freed: string, bug = regression, oracles: Partial<OracleReports> = {}) {
  return judge({
    expectation: expectation({ about: 'a', commit: 'b', outcome: { freed: 'later' }, knownBugs: [bug] }),
    outcome: { observations: { freed }, oracles: { ...noReports, ...oracles } },
    kernel: { version, config: null },
  });
}

describe('a fence', () => {
  const backported = { '6.1': 'old', '6.12.54': 'new', '6.18': 'new' };
  const mainline = { '6.1': 'old', '6.8': 'new' };
  const rows: readonly [Record<string, string>, string, readonly string[]][] = [
    [backported, '6.12.53', ['PASS', 'FAIL', 'FAIL']],
    [backported, '6.12.54', ['FAIL', 'PASS', 'FAIL']],
    [backported, '6.1.192', ['PASS', 'FAIL', 'FAIL']],
    [backported, '6.17', ['PASS', 'FAIL', 'FAIL']],
    [backported, '6.17.5', ['PASS', 'XFAIL', 'FAIL']],
    [backported, '6.6.100', ['PASS', 'XFAIL', 'FAIL']],
    [backported, '6.19.1', ['FAIL', 'PASS', 'FAIL']],
    [mainline, '6.6.100', ['PASS', 'FAIL', 'FAIL']],
    [mainline, '6.9.3', ['FAIL', 'PASS', 'FAIL']],
  ];
  test.each(rows)('%j on %s: old, new and another value are %j', (since, version, verdicts) => {
    const of = (member: string) =>
      judge({
        expectation: expectation({ about: 'a', commit: 'b', outcome: { deep: { member: byVersion(since) }, b: 1 } }),
        outcome: { observations: { deep: { member }, b: 1 }, oracles: noReports },
        kernel: { version, config: null },
      });
    const judgements = ['old', 'new', 'other'].map(of);
    expect(judgements.map(({ verdict }) => verdict)).toEqual(verdicts);
    for (const { verdict, reason } of judgements)
      if (verdict === 'XFAIL') expect(reason).toMatch(/^deep\.member: .*: whether this branch has the change of 6\.\d/);
  });
});
