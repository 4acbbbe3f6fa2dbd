import { expect, test } from 'vitest';
import { kvmFault } from './accelerator.ts';

test('a kernel that panics was run by KVM; one that goes in any other way may not have been', () => {
  expect(kvmFault({ kind: 'panic', reason: 'Kernel panic - not syncing: no cpio magic' })).toBeUndefined();
  for (const kind of ['reboot', 'internal-error', 'killed', 'failed'] as const) {
    expect(kvmFault({ kind, reason: kind })).toBe(kind);
  }
});
