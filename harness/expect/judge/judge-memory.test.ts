import { expect, test } from 'vitest';
import type { ErrorCode } from '../../errors/codes.ts';
import { KconformError } from '../../errors/error.ts';
import type { Splat } from '../outcome.ts';
import { broken, judged, type Row, right } from './judge.test-support.ts';

const oom: Splat = { kind: 'OOM', title: 'invoked oom-killer', fingerprint: [], at: 1, state: 'whole', text: [] };
const filled: Splat = { ...oom, blame: 'case' };
const panic: Splat = { ...filled, kind: 'panic', title: 'Kernel panic: System is deadlocked on memory' };
const fromKernel = (code: ErrorCode) => new KconformError('it hung', { code, blame: 'kernel' });
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
])('filled guest memory explains %s', (_, row) => {
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
  ['another splat', { seen: right, oracles: { splats: [filled, { ...oom, kind: 'BUG', title: 'BUG: x' }] } }, 'BUG: x'],
])('filled guest memory does not explain %s', (_, row, reason) => {
  const judgement = judged({ oracles: { splats: [filled] }, ...row });
  expect(judgement).toMatchObject({ verdict: 'FAIL', blame: 'kernel' });
  expect(judgement.reason).toContain(reason);
});

test('filled guest memory leaves the observations in the result', () => {
  const wrong = { path: 'exitCode', verdict: 'FAIL', expected: '0', observed: '1' };
  const { observations } = judged({ fields, seen: { ...program, exitCode: 1 }, oracles: { splats: [filled] } });
  expect(observations).toContainEqual(wrong);
});
