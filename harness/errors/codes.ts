/** The list of all error codes. docs/errors.md is generated from it; ci/check/error-codes.ts refuses codes that are not used. */
import { CASES } from './codes/cases.ts';
import { COMMAND_LINE } from './codes/command-line.ts';
import { GUESTS } from './codes/guests.ts';
import { HOST } from './codes/host.ts';
import { KERNELS } from './codes/kernels.ts';
import { MUTANTS } from './codes/mutants.ts';
import { RESULTS } from './codes/results.ts';
import { SCENARIOS } from './codes/scenarios.ts';

/** Headings of docs/errors.md and the codes below each. */
export const ERROR_AREAS = {
  'Command line': COMMAND_LINE,
  Kernels: KERNELS,
  Guests: GUESTS,
  Cases: CASES,
  Scenarios: SCENARIOS,
  Mutants: MUTANTS,
  'Results and reports': RESULTS,
  'Host and cache': HOST,
} as const;

export const ERROR_CODES = {
  ...COMMAND_LINE,
  ...KERNELS,
  ...GUESTS,
  ...CASES,
  ...SCENARIOS,
  ...MUTANTS,
  ...RESULTS,
  ...HOST,
} as const;

/** Every code that a KconformError can have. */
export type ErrorCode = keyof typeof ERROR_CODES;
