import { expect, test } from 'vitest';
import { expectation } from '../expect/expectation.ts';
import { noReports, type Splat, type Verdict } from '../expect/outcome.ts';
import { painter } from '../report/text/colour.ts';
import { printUpdate } from '../report/text/series/update.ts';
import type { Judged } from '../run/results/results-file.ts';
import { UpdateSchema, updateDocument } from './documents.ts';
import { judged, observed, published } from './judged.test-support.ts';
import { labelsOf } from './kernels.ts';
import { updateExitCode, updateOf } from './update.ts';

const [OLD, NEW] = ['6.12.57', '6.12.118'];
const [before, after] = [published(OLD), published(NEW)];

const FUTEX = expectation({
  about: 'futexes with differing flags are refused',
  outcome: { errno: 'EINVAL' },
  knownBugs: [
    {
      title: 'two futexes with differing flags are accepted',
      fix: 'futex: Require identical flags',
      cve: ['CVE-2026-31554'],
      fixedIn: ['6.12.80', '6.18.21'],
      instead: { errno: null },
    },
  ],
});

const splat: Splat = {
  kind: 'BUG',
  title: 'unable to handle page fault',
  fingerprint: ['f'],
  at: 1,
  state: 'whole',
  text: [],
};

type Side = readonly [Verdict, Partial<Judged>?];

function update(cases: Readonly<Record<string, readonly [Side | undefined, Side | undefined]>>) {
  const results = Object.entries(cases).flatMap(([name, [old, own]]) => [
    ...(old === undefined ? [] : [judged(OLD, name, ...old)]),
    ...(own === undefined ? [] : [judged(NEW, name, ...own)]),
  ]);
  return updateOf(before, after, results, new Map([['futex/requeue', FUTEX]]));
}

const errno = (verdict: Verdict, value: string, expected = "'EINVAL'") => ({
  observations: [observed('errno', verdict, value, expected)],
});
const fixed: readonly [Side, Side] = [
  ['XFAIL', { ...errno('XFAIL', 'null'), fix: 'futex: Require identical flags', reason: 'accepted' }],
  ['PASS', errno('PASS', "'EINVAL'")],
];

test('a fix is printed with the values, its title, CVE number and first version of the branch', () => {
  const { changes } = update({ 'futex/requeue': fixed });
  expect(changes).toEqual([
    {
      case: 'futex/requeue',
      area: 'futex',
      kind: 'fixed',
      about: 'futexes with differing flags are refused',
      observations: [{ path: 'errno', before: 'null', after: "'EINVAL'" }],
      reports: { before: [], after: [] },
      reason: 'accepted',
      causes: [
        {
          commit: 'futex: Require identical flags',
          newer: 'with',
          bug: 'two futexes with differing flags are accepted',
          cve: ['CVE-2026-31554'],
          since: '6.12.80',
        },
      ],
    },
  ]);
});

test('a commit that the newer kernel lacks is no fix that the update brings', () => {
  const { changes } = update({ 'futex/requeue': [fixed[1], fixed[0]] });
  expect(changes).toMatchObject([{ kind: 'broken', causes: [{ newer: 'without' }] }]);
  expect(changes[0]?.causes[0]).not.toHaveProperty('since');
});

test('a value that no bug declares is explained by no fix', () => {
  const other: Side = ['FAIL', errno('FAIL', "'EPERM'")];
  expect(update({ 'futex/requeue': [fixed[1], other] }).changes).toMatchObject([{ kind: 'broken', causes: [] }]);
});

test('a version with the fix is named only if the update goes past it', () => {
  const results = [judged('6.12.90', 'futex/requeue', ...fixed[0]), judged(NEW, 'futex/requeue', ...fixed[1])];
  const [change] = updateOf(published('6.12.90'), after, results, new Map([['futex/requeue', FUTEX]])).changes;
  expect(change?.causes[0]).toEqual({
    commit: 'futex: Require identical flags',
    newer: 'with',
    bug: 'two futexes with differing flags are accepted',
    cve: ['CVE-2026-31554'],
  });
});

test('a bug that is gone does not hide another one of the case', () => {
  const both: Side = ['XFAIL', { observations: [observed('a', 'XFAIL', '1', '0'), observed('b', 'XFAIL', '1', '0')] }];
  const half: Side = ['XPASS', { observations: [observed('a', 'XPASS', '0', '0'), observed('b', 'XFAIL', '1', '0')] }];
  expect(update({ 'a/case': [both, half] })).toMatchObject({ changes: [{ kind: 'changed' }], stays: [{}] });
  expect(
    update({ 'a/case': [['PASS', { observations: [observed('a', 'PASS', '0', '0')] }], half] }).changes,
  ).toMatchObject([{ kind: 'broken' }]);
  const bug = { title: 'it crashes', fix: 'another fix', fixedIn: [], instead: {}, splats: [{ kind: 'BUG' }] };
  const declared = new Map([['a/case', { ...FUTEX, knownBugs: [...(FUTEX.knownBugs ?? []), bug] }]]);
  const crashed = { ...errno('XPASS', "'EINVAL'"), oracles: { ...noReports, splats: [splat] } };
  const results = [judged(OLD, 'a/case', 'PASS'), judged(NEW, 'a/case', 'XPASS', crashed)];
  expect(updateOf(before, after, results, declared).changes).toMatchObject([{ kind: 'broken' }]);
});

test('a race that does not show on the newer kernel, or on the older one, is undetermined', () => {
  const race = { hits: 49, runs: 50, kernel: OLD };
  const known = new Map([['a/race', { ...FUTEX, race }]]);
  const compared = (old: Verdict, own: Verdict) =>
    updateOf(before, after, [judged(OLD, 'a/race', old), judged(NEW, 'a/race', own)], known);
  const [hidden] = compared('XFAIL', 'PASS').undetermined;
  expect(hidden).toMatchObject({ after: 'a race that did not show in 2 attempts, which proves nothing' });
  expect(compared('PASS', 'PASS')).toMatchObject({ same: 0, undetermined: [{ case: 'a/race' }] });
  expect(compared('SKIP', 'SKIP').inapplicable).toHaveLength(1);
  const tried = { race: { attempts: 4 } };
  const skipped = [judged(OLD, 'a/race', 'SKIP', tried), judged(NEW, 'a/race', 'SKIP', tried)];
  expect(updateOf(before, after, skipped, known)).toMatchObject({
    inapplicable: [],
    undetermined: [{ after: 'a race that did not show in 4 attempts, which proves nothing' }],
  });
  const shown = compared('PASS', 'FAIL');
  expect(shown.undetermined).toMatchObject([{ fails: 'race' }]);
  expect(updateExitCode(shown)).toBe(1);
  expect(updateExitCode(compared('PASS', 'XFAIL'))).toBe(2);
  expect(compared('XFAIL', 'FAIL').stays).toHaveLength(1);
});

test.each<[string, Side | undefined, Side | undefined, string, 0 | 1 | 2]>([
  ['fixed', ['FAIL'], ['PASS'], 'fixed', 0],
  ['fixed, and declared still', ['XFAIL'], ['XPASS'], 'fixed', 0],
  ['broken', ['PASS'], ['FAIL'], 'broken', 1],
  ['broken as declared', ['PASS'], ['XFAIL'], 'broken', 1],
  ['another value is expected', ['PASS', errno('PASS', '1', '1')], ['PASS', errno('PASS', '2', '2')], 'changed', 0],
  [
    'another value under one matcher',
    ['PASS', errno('PASS', '1', 'any')],
    ['PASS', errno('PASS', '2', 'any')],
    'same',
    0,
  ],
  ['wrong on both', ['XFAIL', errno('XFAIL', '1')], ['XFAIL', errno('XFAIL', '1')], 'stays', 0],
  ['wrong on both in two ways', ['FAIL', errno('FAIL', '1')], ['FAIL', errno('FAIL', '2')], 'changed, stays', 0],
  ['a splat more', ['FAIL'], ['FAIL', { oracles: { ...noReports, splats: [splat] } }], 'broken, stays', 1],
  ['a splat less', ['FAIL', { oracles: { ...noReports, splats: [splat] } }], ['FAIL'], 'changed, stays', 0],
  ['another observation wrong', ['XFAIL', errno('PASS', '1')], ['XFAIL', errno('XFAIL', '2')], 'broken, stays', 1],
  ['one wrong that the older kernel did not get to', ['FAIL'], ['FAIL', errno('FAIL', '2')], 'broken, stays', 1],
  ['ERROR on the newer one', ['PASS'], ['ERROR', { reason: 'no disk' }], 'undetermined', 2],
  ['ERROR on one', ['ERROR', { reason: 'no disk' }], ['PASS'], 'undetermined', 2],
  ['SKIP on one', ['PASS'], ['SKIP'], 'undetermined', 2],
  ['SKIP on both', ['SKIP'], ['SKIP', { reason: 'needs X' }], 'inapplicable', 2],
  ['judged on one', ['PASS'], undefined, 'undetermined', 2],
  ['unstable', ['PASS'], ['FAIL', { earlier: { at: '', verdict: 'PASS' } }], 'undetermined', 2],
])('%s', (_, old, own, place, exitCode) => {
  const found = update({ 'a/case': [old, own] });
  const places = [
    ...found.changes.map(({ kind }) => kind),
    ...found.stays.map(() => 'stays'),
    ...found.undetermined.map(() => 'undetermined'),
    ...found.inapplicable.map(() => 'inapplicable'),
    ...(found.same === 1 ? ['same'] : []),
  ];
  expect(places.join(', ')).toBe(place);
  expect(updateExitCode(found)).toBe(exitCode);
});

test('an ERROR on the newer kernel counts, also if other cases say something', () => {
  const found = update({ 'a/case': [['PASS'], ['ERROR']], 'a/other': [['PASS'], ['PASS']] });
  expect(updateExitCode(found)).toBe(2);
});

test('that both kernels boot is no word about a case', () => {
  const found = update({ '(boot)': [['PASS'], ['PASS']], 'a/case': [['ERROR'], ['PASS']] });
  expect(found.same).toBe(0);
  expect(updateExitCode(found)).toBe(2);
});

test('a subtest that only one of the two shows is a difference; another observation that is missing is none', () => {
  const found = update({
    'kselftest/a/b': [
      ['FAIL', { observations: [observed('subtests.x', 'FAIL', "'fail'", "'pass'"), observed('output', 'PASS', 'o')] }],
      ['PASS', { observations: [observed('subtests.x', 'PASS', "'pass'"), observed('subtests.y', 'PASS', "'pass'")] }],
    ],
  });
  expect(found.changes[0]?.observations).toEqual([
    { path: 'subtests.x', before: "'fail'", after: "'pass'" },
    { path: 'subtests.y', before: '(not observed)', after: "'pass'" },
  ]);
});

test('an update as a person reads it, and as its schema has it', () => {
  const found = update({
    'futex/requeue': fixed,
    'memory/scan': [['FAIL', { reason: 'BUG', oracles: { ...noReports, splats: [splat] } }], ['PASS']],
    'mounts/a': [['PASS'], ['FAIL', { reason: 'uid: expected 0, observed 1' }]],
    'ipc/next': [
      ['XFAIL', { reason: 'leaves its range' }],
      ['XFAIL', { reason: 'leaves its range' }],
    ],
    'net/x': [['ERROR', { reason: 'the disk is full' }], ['PASS']],
    'net/y': [['SKIP'], ['SKIP', { reason: 'needs X' }]],
    'net/z': [['PASS'], ['PASS']],
  });
  expect(
    printUpdate(found, labelsOf([before, after]), painter(false)),
  ).toBe(`6.12.57 → 6.12.118: 2 fixed, 1 broken, 1 wrong on both, 1 undetermined, 1 the same

futex
  fixed    futex/requeue: two futexes with differing flags are accepted
             errno: null → 'EINVAL'
             by futex: Require identical flags, 6.12.80, CVE-2026-31554

memory
  fixed    memory/scan: memory/scan
             before: BUG: unable to handle page fault

mounts
  broken   mounts/a: mounts/a
             now: uid: expected 0, observed 1

wrong on both:
  ipc/next: leaves its range

undetermined:
  net/x: ERROR: the disk is full on 6.12.57; PASS on 6.12.118

1 case applies to neither (SKIP); --json lists them
`);
  expect(UpdateSchema.strict().parse(updateDocument(found))).toEqual({ schema: 1, ...found });
});
