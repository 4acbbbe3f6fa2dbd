import { expect, test } from 'vitest';
import { KconformError } from '../errors.ts';
import type { ProcessPause } from '../guest/process-pause.ts';
import { HostPause } from './host-pause.ts';

function pauseOf(ms: () => number): { readonly pause: ProcessPause } {
  return { pause: { totalMs: ms } as ProcessPause };
}

const errorOf = (code: string) => new KconformError('too late', { code, blame: 'kernel' });

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
  for (const code of ['KC_GUEST_PANIC', 'KC_GUEST_HANG', 'KC_SCENARIO_THREW']) {
    const error = errorOf(code);
    expect(pause.explain(error)).toBe(error);
  }
});
