import { expect, test } from 'vitest';
import { expectation, type KnownBug } from '../expect/expectation.ts';
import { noReports, type Verdict } from '../expect/outcome.ts';
import { painter } from '../report/text/colour.ts';
import { printAudit } from '../report/text/series/audit.ts';
import type { Judged } from '../run/results/results-file.ts';
import { audit } from './audit.ts';
import { judged, observed } from './judged.test-support.ts';

const bug = (fix: string | null, instead: KnownBug['instead'], more: Partial<KnownBug> = {}): KnownBug => ({
  title: 't',
  fix,
  fixedIn: ['6.12.54'],
  instead,
  ...more,
});
const cases = new Map([
  [
    'unpin',
    expectation({
      about: 'a',
      commit: ['made'],
      outcome: { map: 'gone', link: 'gone' },
      knownBugs: [
        bug('late', { map: 'there' }),
        bug('uaf', { link: 'there' }, { cve: ['CVE-2026-1111'] }),
        bug(null, { other: 1 }),
      ],
    }),
  ],
]);

function states(verdict: Verdict, more: Partial<Judged> = {}) {
  const found = audit([judged('6.12.57', 'unpin', verdict, more)], cases);
  return Object.fromEntries(found.map(({ commit, state }) => [commit, state]));
}

const seen = (map: Verdict, link: Verdict) => ({
  observations: [observed('map', map, '1'), observed('link', link, '1')],
});

test.each<[string, Verdict, Partial<Judged>, Record<string, string>]>([
  ['all is right', 'PASS', seen('PASS', 'PASS'), { late: 'has', uaf: 'has', made: 'has' }],
  [
    'a declared bug is there',
    'XFAIL',
    { ...seen('XFAIL', 'PASS'), fix: 'late' },
    { late: 'lacks', uaf: 'has', made: 'unknown' },
  ],
  [
    'a declared bug is there, in a branch of which nothing is known',
    'XFAIL',
    { ...seen('XFAIL', 'PASS'), reason: 't: whether this branch has the fix is not known' },
    { late: 'unknown', uaf: 'has', made: 'unknown' },
  ],
  ['a fix is missed', 'FAIL', { ...seen('PASS', 'FAIL'), fix: 'uaf' }, { late: 'has', uaf: 'lacks', made: 'unknown' }],
  [
    'a bug is declared and gone',
    'XPASS',
    { ...seen('XPASS', 'PASS'), fix: 'late' },
    { late: 'has', uaf: 'has', made: 'unknown' },
  ],
  ['it fails in another way', 'FAIL', seen('FAIL', 'PASS'), { late: 'unknown', uaf: 'has', made: 'unknown' }],
  ['it panics', 'FAIL', {}, { late: 'unknown', uaf: 'unknown', made: 'unknown' }],
  ['it is skipped', 'SKIP', {}, { late: 'unknown', uaf: 'unknown', made: 'unknown' }],
  ['it broke', 'ERROR', seen('PASS', 'FAIL'), { late: 'unknown', uaf: 'unknown', made: 'unknown' }],
])('%s', (_, verdict, more, expected) => expect(states(verdict, more)).toEqual(expected));

test('one case with evidence that a commit is missing outweighs others, and a case that was not judged is no evidence', () => {
  const one = expectation({ about: 'a', commit: 'made', outcome: { a: 1 }, knownBugs: [bug('late', { a: 2 })] });
  const two = new Map([...cases, ['other', one] as const]);
  const results = [
    judged('6.12.57', 'unpin', 'PASS', seen('PASS', 'PASS')),
    judged('6.12.57', 'other', 'FAIL', { fix: 'late', reason: 'as if late were missing' }),
  ];
  expect(audit(results, two).find(({ commit }) => commit === 'late')).toMatchObject({
    state: 'lacks',
    witnesses: [
      { case: 'unpin', state: 'has' },
      { case: 'other', state: 'lacks', missed: true },
    ],
  });
  expect(audit([], two).every(({ state }) => state === 'unknown')).toBe(true);
});

test('a race that did not show is no evidence of its fix; one that showed is evidence that it is missing', () => {
  const outcome = { map: 'gone' };
  const race = { hits: 49, runs: 50, kernel: '6.12.43' };
  const cases = new Map([
    ['race', expectation({ about: 'a', outcome, race, knownBugs: [bug('late', { map: 'there' })] })] as const,
  ]);
  const stateOn = (verdict: Verdict, more: Partial<Judged>) =>
    audit([judged('6.12.57', 'race', verdict, more)], cases).map(({ state, witnesses }) => [state, witnesses[0]?.why]);
  const not = ['unknown', 'a race that did not show in 2 attempts, which proves nothing'];
  expect(stateOn('PASS', { observations: [observed('map', 'PASS', '1')] })).toEqual([not]);
  const skipped = { observations: [observed('map', 'SKIP', '1')], reason: 'not reproduced' };
  expect(stateOn('SKIP', skipped)).toEqual([['unknown', 'SKIP: not reproduced']]);
  expect(stateOn('XFAIL', { fix: 'late', reason: 't' })).toEqual([['lacks', 't']]);
});

test('an unstable result is no word about a fix; a race that showed once is', () => {
  const earlier = { at: '', verdict: 'FAIL' } as const;
  const told = (known: typeof cases, more: Partial<Judged>) =>
    audit([judged('6.12.57', 'unpin', 'PASS', { ...seen('PASS', 'PASS'), ...more })], known).map(
      ({ commit, state, witnesses }) => [commit, state, witnesses[0]?.why],
    );
  const why = 'unstable: PASS; an earlier run: FAIL';
  expect(told(cases, { earlier })).toEqual([
    ['late', 'unknown', why],
    ['uaf', 'unknown', why],
    ['made', 'unknown', why],
  ]);
  const [retry] = [
    { isolation: 'clone', verdict: 'FAIL', durationMs: 1, observations: [], oracles: noReports } as const,
  ];
  expect(told(cases, { retries: [retry] })[0]).toEqual(['late', 'unknown', 'unstable: PASS']);
  const racing = new Map(
    [...cases].map(([name, one]) => [name, { ...one, race: { hits: 49, runs: 50, kernel: '6.12.43' } }]),
  );
  expect(told(racing, { verdict: 'XFAIL', fix: 'late', reason: 't', earlier })[0]).toEqual(['late', 'lacks', 't']);
});

test('of two results of one case the later counts', () => {
  const results = [
    judged('6.12.57', 'unpin', 'PASS', seen('PASS', 'PASS')),
    judged('6.12.57', 'unpin', 'FAIL', { ...seen('FAIL', 'PASS'), fix: 'late' }),
  ];
  expect(audit(results, cases).find(({ commit }) => commit === 'late')?.state).toBe('lacks');
});

test('a case that was edited since its run says nothing', () => {
  const result = judged('6.12.57', 'unpin', 'PASS', seen('PASS', 'PASS'));
  for (const { state, witnesses } of audit([result], cases, (one) => one === result))
    expect([state, witnesses[0]?.why]).toEqual(['unknown', 'the case was edited since this run']);
});

test('an audit as a person reads it', () => {
  const found = audit(
    [judged('6.12.57', 'unpin', 'FAIL', { ...seen('PASS', 'FAIL'), fix: 'uaf', reason: 'link' })],
    cases,
  );
  expect(printAudit('6.12.57', { commits: found, failed: [] }, painter(false))).toBe(`6.12.57
fixes of declared bugs ("has": it behaves as with the fix, as does a kernel that never had the bug)
  unpin
    has           late (fixed in 6.12.54): unpin
    lacks         uaf (CVE-2026-1111, fixed in 6.12.54)
      unpin: link (missed: this version should have it)
other commits that cases are about
  unpin
    undetermined  made
      unpin: FAIL: link
`);
});

test('commits of cases that were not judged are summed up', () => {
  const other = expectation({ about: 'a', commit: ['x', 'y'], outcome: { a: 1 } });
  const more = new Map([...cases, ['one', other] as const, ['two', other] as const]);
  const found = audit([judged('6.12.57', 'unpin', 'PASS', seen('PASS', 'PASS'))], more);
  expect(printAudit('6.12.57', { commits: found, failed: [] }, painter(false))).toBe(`6.12.57
fixes of declared bugs ("has": it behaves as with the fix, as does a kernel that never had the bug)
  unpin
    has           late (fixed in 6.12.54): unpin
    has           uaf (CVE-2026-1111, fixed in 6.12.54): unpin
other commits that cases are about
  unpin
    has           made: unpin
undetermined: 2 commits, as 2 cases were not judged (--json lists them)
`);
});

test('commits are grouped by the folder of their first case', () => {
  const of = (fix: string) =>
    expectation({ about: 'a', outcome: { a: 1 }, knownBugs: [bug(fix, { a: 2 }, { fixedIn: ['6.12.60', '6.18'] })] });
  const more = new Map([
    ['net/tcp/limits', of('b')],
    ['files/hint', of('z')],
    ['net/tcp/filter', of('a')],
  ]);
  const results = ['net/tcp/limits', 'files/hint', 'net/tcp/filter'].map((name) =>
    judged('6.12.57', name, 'PASS', { observations: [observed('a', 'PASS', '1')] }),
  );
  const found = audit(results, more);
  expect(found.map(({ area, commit, fixedIn }) => [area, commit, fixedIn.length])).toEqual([
    ['files', 'z', 2],
    ['net/tcp', 'a', 2],
    ['net/tcp', 'b', 2],
  ]);
  expect(printAudit('6.12.57', { commits: found, failed: [] }, painter(false))).toContain(`  files
    has           z (fixed in 6.12.60, 6.18): files/hint
  net/tcp
    has           a (fixed in 6.12.60, 6.18): net/tcp/filter
    has           b (fixed in 6.12.60, 6.18): net/tcp/limits
`);
});

test('a case as a whole names CVE numbers of its commits, as a suite does', () => {
  const whole = expectation({ about: 'a', commit: ['one', 'two'], cve: ['CVE-2017-2671'], outcome: { map: 'gone' } });
  const [one, two] = audit(
    [judged('6.12.57', 'ltp/cve/a', 'PASS', { observations: [] })],
    new Map([['ltp/cve/a', whole]]),
  );
  for (const commit of [one, two]) expect(commit).toMatchObject({ cve: ['CVE-2017-2671'], state: 'has', fixes: false });
});

test("the numbers of a case are also those of its bug's fix", () => {
  const knownBugs = [bug('late', { map: 'there' }, { cve: ['CVE-2026-1111'] })];
  const whole = expectation({
    about: 'a',
    commit: 'late',
    cve: ['CVE-2026-2222'],
    outcome: { map: 'gone' },
    knownBugs,
  });
  const found = audit(
    [judged('6.12.57', 'a', 'PASS', { observations: [observed('map', 'PASS', '1')] })],
    new Map([['a', whole]]),
  );
  expect(found).toMatchObject([
    { commit: 'late', cve: ['CVE-2026-1111', 'CVE-2026-2222'], witnesses: [{ state: 'has' }] },
  ]);
});
