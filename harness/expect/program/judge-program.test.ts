/** Verdicts on programs of others: which broken kernel would be green, and which right one red? */
import { expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { type Expectation, expectation, type KnownBug } from '../expectation.ts';
import { warning } from '../judge/judge.test-support.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import { anyOf, byVersion, containing, including } from '../matchers/matchers.ts';
import { noReports, type Observed, type OracleReports } from '../outcome.ts';
import { asExpectation } from '../shape.ts';

const good = {
  exitCode: 0,
  signal: null,
  output: 'text',
  status: 'pass',
  problems: [],
  subtests: { a: 'pass', 'b.c': 'pass' },
};
const failed = { ...good, exitCode: 1, status: 'fail', subtests: { a: 'fail', 'b.c': 'pass' } };
const bug: KnownBug = {
  title: 'a does not work',
  fix: 'ee04cff9ed4d',
  fixedIn: ['6.12.54', '6.18'],
  instead: { 'subtests.a': 'fail' },
};
const race: KnownBug = { ...bug, instead: { 'subtests.a': anyOf('pass', 'fail') } };
const later = '6.12.57';
const splat = { splats: [warning] };

function judged(
  seen: Record<string, Observed>,
  fields: Partial<Expectation> = {},
  { version = '6.12.43', oracles = {} }: { version?: string; oracles?: Partial<OracleReports> } = {},
): Judgement {
  return judge({
    expectation: { ...expectation({ about: 'a program', program: { command: 'x' } }), ...fields },
    outcome: { observations: seen, oracles: { ...noReports, ...oracles } },
    kernel: { version, config: new Map() },
  });
}

const withBug = { knownBugs: [bug] };
const rows: readonly (readonly [string, Judgement, string, string?])[] = [
  ['everything passes', judged(good), 'PASS'],
  ['a subtest fails', judged(failed), 'FAIL', "subtests.a: expected 'pass', observed 'fail'"],
  [
    'a subtest fails that is not counted',
    judged({ ...good, subtests: { a: 'fail' } }),
    'FAIL',
    "subtests.a: expected 'pass', observed 'fail'",
  ],
  ['a subtest passes unexpectedly', judged({ ...good, subtests: { a: 'xpass' } }), 'FAIL', 'subtests.a'],
  ['a subtest is broken', judged({ ...good, subtests: { a: 'broken' } }), 'FAIL', 'subtests.a'],
  ['the program expects the failure itself', judged({ ...good, subtests: { a: 'xfail' } }), 'PASS'],
  [
    'a problem alone',
    judged({ ...good, problems: ['the plan says 5 subtests, 2 have a result'] }),
    'FAIL',
    'the plan says 5',
  ],
  ['no results at all', judged({ exitCode: 0, signal: null, output: '' }), 'ERROR', 'observed nothing'],
  ['a splat beside success', judged(good, {}, { oracles: splat }), 'FAIL', 'WARNING'],
  ['a splat beside a skip', judged({ ...good, status: 'skip' }, {}, { oracles: splat }), 'FAIL', 'WARNING'],

  ['a known bug, as declared', judged(failed, withBug), 'XFAIL', 'a does not work'],
  [
    'a known bug, on a kernel with its fix',
    judged(failed, withBug, { version: later }),
    'FAIL',
    'as if ee04cff9ed4d were missing',
  ],
  ['a known bug that does not show', judged(good, withBug), 'XPASS', 'declared and not seen'],
  ['a fixed bug that does not show', judged(good, withBug, { version: later }), 'PASS'],
  [
    'a known bug of a subtest that there is not',
    judged({ ...good, subtests: { z: 'pass' } }, withBug),
    'XPASS',
    'declared and not seen',
  ],
  ['the same, fixed', judged({ ...good, subtests: { z: 'pass' } }, withBug, { version: later }), 'PASS'],
  ['a known bug of a subtest that is skipped', judged({ ...good, subtests: { a: 'skip' } }, withBug), 'PASS'],
  [
    'a known bug and another failure',
    judged({ ...failed, subtests: { a: 'fail', z: 'fail' } }, withBug),
    'FAIL',
    'subtests.z',
  ],
  ['a known bug and a crash', judged({ ...failed, exitCode: null, signal: 'SIGSEGV' }, withBug), 'FAIL', 'status'],
  ['a known bug and a crash that a shell reports', judged({ ...failed, exitCode: 139 }, withBug), 'FAIL', 'status'],
  [
    'a known bug of the program as a whole, and a crash that a shell reports',
    judged({ ...good, exitCode: 139, status: 'fail' }, { knownBugs: [{ ...bug, instead: { status: 'fail' } }] }),
    'FAIL',
    'exitCode',
  ],
  [
    'a listed failure with an exit status that is not listed',
    judged({ ...good, exitCode: 139, status: 'fail' }, { outcome: { status: 'fail' } }),
    'PASS',
  ],
  ['a known bug and a time limit', judged({ ...failed, stoppedAfterMs: 5 }, withBug), 'FAIL', 'status'],
  [
    'a known bug and an unfulfilled plan',
    judged({ ...failed, problems: ['the plan says 5'] }, withBug),
    'FAIL',
    'the plan',
  ],
  [
    'a known bug and exit status 0',
    judged({ ...failed, exitCode: 0, problems: ['exit status 0 although a subtest failed'] }, withBug),
    'XFAIL',
  ],
  ['a known bug, and that the program is broken', judged({ ...failed, status: 'broken' }, withBug), 'FAIL', 'status'],
  [
    'a subtest that is broken as declared, and with it the program',
    judged(
      { ...failed, status: 'broken', subtests: { a: 'broken' } },
      { knownBugs: [{ ...bug, instead: { 'subtests.a': 'broken' } }] },
    ),
    'XFAIL',
  ],
  [
    'a known exit status, and a skip with another',
    judged(
      { ...good, exitCode: 4, status: 'skip', subtests: {} },
      { knownBugs: [{ ...bug, instead: { status: 'fail', exitCode: 1 } }] },
    ),
    'SKIP',
  ],
  ['a race that is hit', judged(failed, { knownBugs: [race] }), 'XFAIL'],
  ['a race that is not hit', judged(good, { knownBugs: [race] }), 'PASS'],

  [
    'a nested failure that is known',
    judged(
      { ...failed, subtests: { 's/a': 'fail', 's/': 'fail' } },
      { knownBugs: [{ ...bug, instead: { 'subtests["s/a"]': 'fail' } }] },
    ),
    'XFAIL',
  ],
  [
    'the test around it fails for another subtest too',
    judged(
      { ...failed, subtests: { 's/a': 'fail', 's/b': 'fail', 's/': 'fail' } },
      { knownBugs: [{ ...bug, instead: { 'subtests["s/a"]': 'fail' } }] },
    ),
    'FAIL',
    's/b',
  ],
  [
    'a test without a slash is not around it',
    judged(
      { ...failed, subtests: { 's/a': 'fail', s: 'fail' } },
      { knownBugs: [{ ...bug, instead: { 'subtests["s/a"]': 'fail' } }] },
    ),
    'FAIL',
  ],

  [
    'a declared crash',
    judged(
      {
        ...good,
        exitCode: null,
        signal: 'SIGSEGV',
        status: 'fail',
        problems: ['SIGSEGV ended it although no subtest failed'],
      },
      {
        knownBugs: [
          {
            ...bug,
            instead: { signal: 'SIGSEGV', exitCode: null, status: 'fail', problems: including(containing('SIGSEGV')) },
          },
        ],
      },
    ),
    'XFAIL',
  ],
  [
    'a listed exit status',
    judged({ ...good, exitCode: 3 }, { outcome: { exitCode: 0 } }),
    'FAIL',
    'exitCode: expected 0, observed 3',
  ],
  [
    'a listed subtest that is missing',
    judged(good, { outcome: { subtests: { z: 'pass' } } }),
    'FAIL',
    "subtests.z: expected 'pass', observed (nothing)",
  ],
  [
    'a listed subtest of newer kernels, on an older one',
    judged(
      { ...good, subtests: { a: 'fail' }, status: 'fail' },
      { outcome: { status: 'fail', subtests: { a: byVersion({ '6.12': 'fail', '6.12.54': 'pass' }) } } },
    ),
    'PASS',
  ],
  [
    'a listed subtest of newer kernels, on a newer one',
    judged(
      { ...good, subtests: { a: 'fail' }, status: 'fail' },
      { outcome: { status: 'fail', subtests: { a: byVersion({ '6.12': 'fail', '6.12.54': 'pass' }) } } },
      { version: later },
    ),
    'FAIL',
  ],

  ['the program skips', judged({ ...good, status: 'skip', reason: 'no root', subtests: {} }), 'SKIP', 'no root'],
  [
    'the program skips, listed',
    judged({ ...good, status: 'skip', reason: 'no root', subtests: {} }, { outcome: { status: 'skip' } }),
    'SKIP',
    'no root',
  ],
  [
    'the program skips and must not',
    judged({ ...good, status: 'skip', subtests: {} }, { outcome: { status: 'pass' } }),
    'FAIL',
    "status: expected 'pass', observed 'skip'",
  ],
  [
    'the program skips before a listed subtest',
    judged({ ...good, status: 'skip', subtests: {} }, { outcome: { subtests: { a: 'pass' } } }),
    'SKIP',
  ],
  [
    'the program skips although it has a problem',
    judged({ ...good, status: 'skip', problems: ['x'] }),
    'FAIL',
    'problems[0]',
  ],
  ['the program skips, with a known bug', judged({ ...good, status: 'skip', subtests: {} }, withBug), 'SKIP'],
  [
    'a subtest that may be skipped passes',
    judged(good, { outcome: { subtests: { a: 'skip' } } }),
    'FAIL',
    "subtests.a: expected 'skip', observed 'pass'",
  ],
];

for (const [title, judgement, verdict, reason = ''] of rows) {
  test(title, () => {
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
  });
}

test('skips that are not listed are named; listed ones are not', () => {
  const seen = { ...good, subtests: { a: 'skip', b: 'skip', c: 'pass' }, comments: { a: 'no device\nmore', b: '' } };
  expect(judged(seen).skips).toEqual([{ subtest: 'a', reason: 'no device' }, { subtest: 'b' }]);
  expect(judged(seen, { outcome: { subtests: { b: 'skip' } } }).skips).toEqual([{ subtest: 'a', reason: 'no device' }]);
  expect(judged({ ...good, status: 'skip', reason: 'no root' }).skips).toEqual([{ reason: 'no root' }]);
  expect(judged({ ...good, status: 'skip' }, { outcome: { status: 'skip' } }).skips).toBeUndefined();
  expect(judged(good).skips).toBeUndefined();
});

test('each subtest is an observation with its own verdict', () => {
  const verdicts = judged({ ...failed, subtests: { ...failed.subtests, d: 'skip' } }, withBug).observations.map(
    ({ path, verdict }) => `${verdict} ${path}`,
  );
  expect(verdicts).toEqual([
    'XFAIL subtests.a',
    'PASS subtests["b.c"]',
    'SKIP subtests.d',
    'PASS problems',
    'XFAIL status',
  ]);
});

test('an expectation is checked when it is loaded: a bug may name any subtest, but not the right value', () => {
  const load = (fields: Partial<Expectation>) =>
    asExpectation({ ...expectation({ about: 'a', program: {} }), ...fields });
  expect(load(withBug)).toMatchObject({ outcome: {} });
  expect(load({ behaviours: { 'mount/x': ['subtests.a'] } })).toMatchObject({ outcome: {} });
  expect(() => load({ knownBugs: [{ ...bug, instead: { 'subtests.a': 'pass' } }] })).toThrow('expected anyway');
  expect(() => load({ knownBugs: [{ ...bug, instead: { status: 'pass' } }] })).toThrow('expected anyway');
  expect(() => load({ knownBugs: [{ ...bug, instead: { subtest: 'fail' } }] })).toThrow(
    'names subtest, which nothing observes',
  );
  expect(() => load({ knownBugs: [{ ...bug, instead: { output: 'x' } }] })).toThrow(
    'names output, which nothing observes',
  );
  expect(() => asExpectation({ kind: 'expectation', about: 'a', outcome: {}, program: { comand: 'x' } })).toThrow(
    KconformError,
  );
});
