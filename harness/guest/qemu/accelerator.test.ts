import { expect, test } from 'vitest';
import type { Ending } from '../ending.ts';
import { kvmFailureOf } from './accelerator.ts';

const ending = (kind: Ending['kind']): Ending => ({ kind, reason: kind, code: 'KC_QEMU_FAILED', blame: 'host' });

test('a kernel that panics, or starts our init, was run by KVM; one that ends in any other way may not have been', () => {
  for (const kind of ['panic', 'init'] as const) expect(kvmFailureOf(ending(kind))).toBeUndefined();
  for (const kind of ['reset', 'accelerator', 'failed'] as const) {
    expect(kvmFailureOf(ending(kind))).toEqual({ reason: kind, lasting: true });
  }
});

test('a trial that the host ended is made again the next time', () => {
  expect(kvmFailureOf(ending('killed'))).toEqual({ reason: 'killed', lasting: false });
});
