/** Verdicts on tests of suites: which crash would be green, and which better machine red? */
import { expect, test } from 'vitest';
import { faultsOf } from '../expect/faults/faults.ts';
import { judge } from '../expect/judge/judge.ts';
import { noReports } from '../expect/outcome.ts';
import { withPlainPaths, withRule } from '../expect/program/rule.ts';
import type { SuiteTestFields } from './declaration.ts';
import { expectationOf } from './expected.ts';

const good = {
  exitCode: 0,
  signal: null,
  output: '',
  status: 'pass',
  problems: [],
  subtests: { a: 'pass', b: 'pass' },
};
const plain = { ...good, subtests: {} };
const failed = { ...plain, exitCode: 1, status: 'fail' };
const oneFailed = { ...good, exitCode: 1, status: 'fail', subtests: { a: 'fail', b: 'pass' } };
const crashed = { ...plain, exitCode: null, signal: 'SIGSEGV', status: 'fail' };
const wholeSkip = { ...plain, exitCode: 4, status: 'skip', reason: 'no' };

function testWith(fields: SuiteTestFields) {
  return {
    suite: { kind: 'programs', about: 'x', folder: '.' },
    built: { convention: undefined },
    test: { name: 't', workdir: '/', command: ['./t'] },
    fields,
    machine: {},
  } as const;
}

function verdictOn(fields: SuiteTestFields, observations: object, accelerator: 'kvm' | 'tcg' = 'tcg') {
  const expectation = expectationOf(testWith(fields));
  expect(faultsOf(withRule(withPlainPaths(expectation)))).toEqual([]);
  const outcome = { observations: { ...observations }, oracles: noReports };
  const kernel = { version: '6.12.43', config: new Map<string, string>(), accelerator };
  const { verdict, reason } = judge({ expectation, outcome, kernel });
  return reason === undefined ? verdict : `${verdict}: ${reason}`;
}

const whole: SuiteTestFields = { known: [{ reason: 'why', cause: 'test' }] };
const exact: SuiteTestFields = { known: [{ reason: 'why', cause: 'test', exitCode: 1 }] };
const crash: SuiteTestFields = { known: [{ reason: 'why', cause: 'test', signal: 'SIGSEGV' }] };
const flaky: SuiteTestFields = { flaky: [{ reason: 'race', failed: 1, runs: 9 }] };
const flakyExit: SuiteTestFields = { flaky: [{ reason: 'race', failed: 1, runs: 9, exitCode: 3 }] };
const flakyPart: SuiteTestFields = { flaky: [{ reason: 'race', failed: 1, runs: 9, subtests: ['a'] }] };
const flakyName: SuiteTestFields = {
  flaky: [{ reason: 'race', failed: 1, runs: 9, failures: ['c'], problems: ['x'] }],
};
const failedAsC = { ...good, exitCode: 1, status: 'fail', subtests: { a: 'pass', c: 'fail' } };
const flakySkip: SuiteTestFields = { ...flaky, skips: [{ reason: 'no' }] };
const flakyPartSkip: SuiteTestFields = { ...flakyPart, skips: [{ reason: 'no', subtests: ['a'] }] };
const ofMachine: SuiteTestFields = { known: [{ reason: 'slow', cause: 'machine', exitCode: 1 }] };
const partOfMachine: SuiteTestFields = {
  known: [{ reason: 'slow', cause: 'machine', subtests: ['a'], problems: ['x'] }],
};
const crashOfMachine: SuiteTestFields = { known: [{ reason: 'slow', cause: 'machine', signal: 'SIGSEGV' }] };
const exitOfMachine: SuiteTestFields = {
  known: [{ reason: 'slow', cause: 'machine', exitCode: 2, problems: ['x'] }],
};
const partAndExit: SuiteTestFields = {
  known: [{ reason: 'slow', cause: 'machine', subtests: ['a', 'b'], exitCode: 2 }],
};
const flakyPlan: SuiteTestFields = { flaky: [{ reason: 'race', failed: 1, runs: 9, problems: ['x'] }] };
const twoOfMachine: SuiteTestFields = {
  known: [
    { reason: 'slow', cause: 'machine', exitCode: 2, problems: ['x'] },
    { reason: 'small', cause: 'machine', exitCode: 3 },
  ],
};
const killed: SuiteTestFields = { known: [{ reason: 'why', cause: 'test', exitCode: 139 }] };
const partOfTest: SuiteTestFields = { known: [{ reason: 'why', cause: 'test', subtests: ['a'] }] };
const crashOfPart: SuiteTestFields = {
  known: [{ reason: 'why', cause: 'test', subtests: ['a'], problems: ['a ended by signal 11'] }],
};

const splats: SuiteTestFields = { splats: [{ kind: 'OOM', title: 'out of memory' }], skips: [{ reason: 'no' }] };

const flakyEnd: SuiteTestFields = { flaky: [{ reason: 'race', failed: 1, runs: 9, failures: ['c'], exitCode: 254 }] };
const rows: readonly (readonly [string, SuiteTestFields, object, RegExp])[] = [
  ['nothing said', {}, good, /^PASS$/],
  ['nothing said', {}, crashed, /^FAIL/],
  ['a splat that a correct kernel prints', splats, wholeSkip, /^SKIP/],
  ['a splat that a correct kernel prints', splats, plain, /^FAIL: .*splat/],
  ['a known failure', whole, failed, /^XFAIL: .*why/],
  ['a known failure', whole, plain, /^XPASS/],
  ['a known failure', whole, crashed, /^FAIL: signal: expected null, observed 'SIGSEGV'/],
  ['a known failure', whole, { ...failed, exitCode: 125 }, /^XFAIL/],
  ['a known failure', whole, { ...failed, exitCode: 126 }, /^FAIL: exitCode: expected 0, observed 126/],
  ['a known failure', whole, { ...failed, exitCode: 139 }, /^FAIL: exitCode: expected 0, observed 139/],
  ['a known end by a signal, as a shell reports it', killed, { ...failed, exitCode: 139 }, /^XFAIL/],
  ['a known exit status', exact, failed, /^XFAIL/],
  ['a known exit status', exact, { ...failed, exitCode: 3 }, /^FAIL: exitCode/],
  ['a known exit status', exact, wholeSkip, /^SKIP/],
  ['a known crash', crash, crashed, /^XFAIL/],
  ['a known crash', crash, { ...crashed, signal: 'SIGBUS' }, /^FAIL: signal/],
  ['a known crash', crash, plain, /^XPASS/],
  ['a flaky program', flaky, plain, /^PASS$/],
  ['a flaky program', flaky, failed, /^XFAIL: .*race \(failed in 1 of 9 runs\)/],
  ['a flaky program', flaky, { ...failed, exitCode: 3 }, /^FAIL: exitCode/],
  ['a flaky program', flaky, { ...failed, problems: ['the plan is not fulfilled'] }, /^FAIL: problems/],
  ['a flaky program with an exit status', flakyExit, { ...failed, exitCode: 3 }, /^XFAIL/],
  ['a flaky program with an exit status', flakyExit, failed, /^FAIL: exitCode/],
  ['a flaky program', flaky, crashed, /^FAIL: signal/],
  ['a flaky program', flaky, { ...failed, status: 'broken' }, /^FAIL: exitCode/],
  ['a flaky program that may skip', flakySkip, failed, /^XFAIL/],
  ['a flaky program that may skip', flakySkip, wholeSkip, /^SKIP/],
  ['a flaky subtest', flakyPart, good, /^PASS$/],
  ['a flaky subtest', flakyPart, oneFailed, /^XFAIL: .*race \(failed in 1 of 9 runs\)/],
  ['a flaky subtest', flakyPart, { ...good, exitCode: 1, status: 'fail' }, /^FAIL: status/],
  ['a flaky subtest', flakyPart, { ...oneFailed, exitCode: null, signal: 'SIGSEGV' }, /^FAIL/],
  ['a flaky subtest', flakyPart, { ...good, subtests: { a: 'pass', b: 'fail' } }, /^FAIL: subtests.b/],
  ['a flaky subtest', flakyPart, { ...good, subtests: { b: 'pass' } }, /^FAIL: subtests.a/],
  ['a flaky subtest', flakyPart, { ...good, subtests: { a: 'skip', b: 'pass' } }, /^FAIL: subtests.a/],
  ['a subtest that is printed when it fails', flakyName, good, /^PASS$/],
  ['a subtest that is printed when it fails', flakyName, failedAsC, /^XFAIL: .*race/],
  ['a subtest that is printed when it fails', flakyName, oneFailed, /^FAIL: subtests.a/],
  ['a subtest that is printed when it fails', flakyName, { ...failedAsC, exitCode: 3 }, /^XFAIL/],
  ['a subtest that is printed when it fails', flakyName, { ...failedAsC, problems: ['x'] }, /^XFAIL/],
  ['a subtest that is printed when it fails', flakyName, { ...failedAsC, problems: ['y'] }, /^FAIL: problems/],
  ['a subtest that is printed when it fails', flakyName, { ...good, problems: ['x'], status: 'fail' }, /^FAIL/],
  ['a subtest that is printed when it fails', flakyName, { ...good, exitCode: 1, status: 'fail' }, /^FAIL: status/],
  ['a subtest that is printed when it fails', flakyName, { ...good, subtests: { c: 'pass' } }, /^FAIL: subtests.c/],
  ['a subtest that fails with an exit status', flakyEnd, { ...failedAsC, exitCode: 254 }, /^XFAIL/],
  ['a subtest that fails with an exit status', flakyEnd, { ...failedAsC, exitCode: 255 }, /^FAIL/],
  ['a subtest that fails with an exit status', flakyEnd, { ...failed, exitCode: 254 }, /^FAIL/],
  ['a subtest that fails with an exit status', flakyName, { ...failedAsC, exitCode: 254 }, /^FAIL/],
  ['a flaky subtest that may skip', flakyPartSkip, { ...good, subtests: { a: 'skip', b: 'pass' } }, /^PASS$/],
  ['a flaky subtest that may skip', flakyPartSkip, oneFailed, /^XFAIL/],
  ['a fault of the machine', ofMachine, failed, /^XFAIL: .*slow \(fault of the machine\)/],
  ['a fault of the machine', ofMachine, plain, /^PASS$/],
  ['a fault of the machine', ofMachine, { ...failed, exitCode: 2 }, /^FAIL: exitCode/],
  ['a fault of the machine', ofMachine, crashed, /^FAIL/],
  ['subtests and a fault of the machine', partOfMachine, { ...oneFailed, problems: ['x'] }, /^XFAIL/],
  ['subtests and a fault of the machine', partOfMachine, good, /^PASS$/],
  ['subtests and a fault of the machine', partOfMachine, { ...oneFailed, problems: ['y'] }, /^FAIL: problems/],
  ['subtests and a fault of the machine', partOfMachine, oneFailed, /^XFAIL/],
  ['subtests and a fault of the machine', partOfMachine, { ...good, problems: ['x'], status: 'fail' }, /^FAIL/],
  ['a crash of the machine', crashOfMachine, crashed, /^XFAIL/],
  ['a crash of the machine', crashOfMachine, plain, /^PASS$/],
  ['a crash of the machine', crashOfMachine, failed, /^FAIL: status/],
  ['an exit status of the machine', exitOfMachine, { ...failed, exitCode: 2, problems: ['x'] }, /^XFAIL/],
  ['an exit status of the machine', exitOfMachine, plain, /^PASS$/],
  ['an exit status of the machine', exitOfMachine, { ...failed, exitCode: 2 }, /^FAIL: exitCode/],
  ['an exit status of the machine', exitOfMachine, { ...plain, problems: ['x'], status: 'fail' }, /^FAIL: problems/],
  ['two faults of the machine', twoOfMachine, { ...failed, exitCode: 3 }, /^XFAIL: .*small/],
  ['two faults of the machine', twoOfMachine, { ...failed, exitCode: 3, problems: ['x'] }, /^FAIL: problems/],
  ['a subtest with an exit status', partAndExit, good, /^PASS$/],
  ['a subtest with an exit status', partAndExit, { ...oneFailed, exitCode: 2 }, /^XFAIL/],
  ['a subtest with an exit status', partAndExit, oneFailed, /^FAIL: exitCode/],
  ['a subtest with an exit status', partAndExit, { ...good, exitCode: 2, status: 'fail' }, /^FAIL: exitCode/],
  ['a subtest', partOfTest, oneFailed, /^XFAIL/],
  ['a subtest', partOfTest, { ...oneFailed, problems: ['a ended by signal 11'] }, /^FAIL: problems/],
  ['a subtest that crashes', crashOfPart, { ...oneFailed, problems: ['a ended by signal 11'] }, /^XFAIL/],
  ['a flaky plan', flakyPlan, { ...failed, problems: ['x'] }, /^XFAIL/],
  ['a flaky plan', flakyPlan, failed, /^FAIL: exitCode/],
  ['a flaky plan', flakyPlan, plain, /^PASS$/],
];

for (const [index, [title, fields, observations, verdict]] of rows.entries()) {
  test(`${index + 1}: ${title}: ${verdict.source}`, () => {
    expect(verdictOn(fields, observations)).toMatch(verdict);
  });
}

const emulated: SuiteTestFields = { known: [{ reason: 'slow', cause: 'machine', emulatedOnly: true }] };
const emulatedPart: SuiteTestFields = {
  flaky: [{ reason: 'race', failed: 1, runs: 9, subtests: ['a'], emulatedOnly: true }],
};
test.each([
  ['a fault of emulated CPUs', emulated, failed, plain],
  ['a rate of emulated CPUs', emulatedPart, oneFailed, good],
])('%s excuses nothing under KVM', (_, fields, bad, right) => {
  expect(verdictOn(fields, bad)).toMatch(/^XFAIL/);
  expect(verdictOn(fields, bad, 'kvm')).toMatch(/^FAIL/);
  expect(verdictOn(fields, right)).toBe('PASS');
  expect(verdictOn(fields, right, 'kvm')).toBe('PASS');
});

test('a guest with a schedule is emulated on a host with KVM', () => {
  const expectation = { ...expectationOf(testWith(emulated)), outcome: { status: 'pass' } };
  const input = { expectation, outcome: { observations: failed, oracles: noReports }, schedule: 7 };
  expect(judge({ ...input, kernel: { version: '6.12.43', config: null, accelerator: 'kvm' } }).verdict).toBe('XFAIL');
});
