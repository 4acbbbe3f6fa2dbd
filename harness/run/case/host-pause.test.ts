import { expect, test } from 'vitest';
import type { ErrorCode } from '../../errors/codes.ts';
import { KconformError } from '../../errors/error.ts';
import { noReports } from '../../expect/outcome.ts';
import type { ProcessPause } from '../../guest/limits/process-pause.ts';
import { HostPause } from './host-pause.ts';

function pauseOf(ms: () => number): { readonly pause: ProcessPause } {
  return { pause: { totalMs: ms } as ProcessPause };
}

const errorOf = (code: ErrorCode) => new KconformError('too late', { code, blame: 'kernel' });

test('what took too long while QEMU was stopped is the fault of the host', () => {
  let stoppedMs = 5_000; // before the case
  const pause = new HostPause(pauseOf(() => stoppedMs));
  const stuck = errorOf('KC_STUCK');
  expect(pause.explain(stuck)).toBe(stuck);
  stoppedMs += 8_000;
  expect(pause.explain(stuck)).toMatchObject({
    code: 'KC_HOST_PAUSED',
    blame: 'host',
    message: 'the host stopped the QEMU process for 8.0 s: too late',
    cause: stuck,
  });
});

test('what kconform could not see while it was stopped is the fault of the host', () => {
  const pause = new HostPause(pauseOf(() => 0));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
  expect(pause.explain(errorOf('KC_SHELL_TIMEOUT'))).toMatchObject({
    blame: 'host',
    message: expect.stringContaining('stopped kconform'),
  });
});

test('an error that does not tell of time stays as it is', () => {
  let stoppedMs = 0;
  const pause = new HostPause(pauseOf(() => stoppedMs));
  stoppedMs = 60_000;
  for (const code of ['KC_GUEST_PANIC', 'KC_GUEST_HANG', 'KC_SCENARIO_THREW'] as const) {
    const error = errorOf(code);
    expect(pause.explain(error)).toBe(error);
  }
});

const stall = { kind: 'RCU stall', title: 'rcu: INFO: rcu_preempt self-detected stall on CPU' };
const bug = { kind: 'BUG', title: 'BUG: bad page state' };
const reports = {
  ...noReports,
  splats: [stall, bug].map((one) => ({ ...one, fingerprint: [], at: 1, state: 'whole' as const, text: [one.title] })),
};

test('a stall that the kernel reports after it was stopped is the fault of the host, another report stays', () => {
  let stoppedMs = 0;
  const pause = new HostPause(pauseOf(() => stoppedMs));
  expect(pause.excuse(reports)).toEqual({ oracles: reports, error: undefined });
  stoppedMs = 25_000;
  const { oracles, error } = pause.excuse(reports);
  expect(oracles.splats.map(({ title }) => title)).toEqual([bug.title]);
  expect(error).toMatchObject({ code: 'KC_HOST_PAUSED', blame: 'host', message: expect.stringContaining(stall.title) });
});

test('a stall that the kernel reports in a guest that hangs is the reason for the hang, however long the host stopped it', () => {
  let stoppedMs = 0;
  const pause = new HostPause(pauseOf(() => stoppedMs));
  stoppedMs = 25_000;
  expect(pause.excuse(reports, errorOf('KC_GUEST_HANG'))).toEqual({ oracles: reports, error: undefined });
});

test('a stall beside a panic is no report of the kernel either, and the panic stays what ended the scenario', () => {
  let stoppedMs = 0;
  const pause = new HostPause(pauseOf(() => stoppedMs));
  stoppedMs = 25_000;
  const panic = new KconformError('panic', { code: 'KC_GUEST_PANIC', blame: 'kernel' });
  const { oracles, error } = pause.excuse(reports, panic);
  expect(oracles.splats.map(({ title }) => title)).toEqual([bug.title]);
  expect(error).toBeUndefined();
});

test('an agent that seemed silent while the host stopped us is no fault of the case', () => {
  let stoppedMs = 0;
  const pause = new HostPause(pauseOf(() => stoppedMs));
  stoppedMs = 25_000;
  const cause = new KconformError('silent', { code: 'KC_AGENT_SILENT', blame: 'case' });
  const lost = new KconformError('lost', { code: 'KC_CONNECTION_LOST', blame: 'case', cause });
  expect(pause.explain(lost)).toMatchObject({ code: 'KC_HOST_PAUSED', blame: 'host' });
});
