import { describe, expect, test } from 'vitest';
import { expectation, type KnownBug } from './expectation.ts';
import { judge } from './judge.ts';
import { type BugState, stateOf } from './known-bugs.ts';
import { noReports, type OracleReports } from './outcome.ts';

/** Came with the mend of another bug, a branch at a time, and was mended in turn. */
const regression: KnownBug = {
  title: 'the inode is freed without a grace period',
  fix: '53649846e043',
  introducedIn: ['6.12.54', '6.17.4', '6.18'],
  fixedIn: ['6.12.97', '7.1.2', '7.2'],
  instead: { freed: 'at once' },
};

const windows: readonly [string, BugState][] = [
  ['6.1.192', 'before'],
  ['6.12', 'before'],
  ['6.12.53', 'before'],
  ['6.12.54-rc1', 'before'],
  ['6.12.54', 'present'],
  ['6.12.80+deb12-cloud-amd64', 'present'],
  ['6.12.96', 'present'],
  ['6.12.97', 'fixed'],
  ['6.12.117+deb12-cloud-amd64', 'fixed'],
  ['6.13.12', 'before'], // a branch that got neither
  ['6.17.3', 'before'],
  ['6.17.13', 'present'],
  ['6.18-rc7', 'before'],
  ['6.18', 'present'],
  ['6.19.5', 'present'],
  ['7.1.1', 'present'],
  ['7.1.2', 'fixed'],
  ['7.2-rc1', 'present'], // the entry says the release
  ['7.2', 'fixed'],
  ['7.3', 'fixed'],
];

describe('a bug that is in a window of versions', () => {
  test.each(windows)('on %s: %s', (version, state) => {
    expect(stateOf(regression, { version, config: null })).toBe(state);
    const verdicts = { before: 'FAIL', present: 'XFAIL', fixed: 'FAIL' };
    expect(judged(version, 'at once').verdict).toBe(verdicts[state]);
    expect(judged(version, 'later').verdict).toBe(state === 'present' ? 'XPASS' : 'PASS');
    expect(judged(version, 'never').verdict).toBe('FAIL');
  });

  test('is told from a missing fix where it should never have been', () => {
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
    expect(['6.12.53', '6.12.54', '6.12.97'].map(seen)).toEqual(['FAIL', 'XFAIL', 'FAIL']);
    const unseen = (version: string) => judged(version, 'later', splatBug).verdict;
    expect(['6.12.53', '6.12.54', '6.12.97'].map(unseen)).toEqual(['PASS', 'XPASS', 'PASS']);
  });
});

function judged(version: string, freed: string, bug = regression, oracles: Partial<OracleReports> = {}) {
  return judge({
    expectation: expectation({ about: 'a', commit: 'b', outcome: { freed: 'later' }, knownBugs: [bug] }),
    outcome: { observations: { freed }, oracles: { ...noReports, ...oracles } },
    kernel: { version, config: null },
  });
}
