import type { BrokenKernel } from '../../../harness/prove/broken-kernel.ts';
import { delegations } from './delegation.ts';
import { memory } from './memory.ts';
import { mounts } from './mount.ts';
import { pins } from './pins.ts';
import { reverts } from './reverts.ts';
import { tokens } from './tokens.ts';
import { uses } from './uses.ts';

/** The subject's commits undone first. */
export const brokenKernels: readonly BrokenKernel[] = [
  ...reverts,
  ...mounts,
  ...delegations,
  ...pins,
  ...tokens,
  ...uses,
  ...memory,
];
