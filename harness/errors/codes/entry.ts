import type { Blame } from './blame.ts';

/** What docs/errors.md says about a code. */
export interface ErrorEntry {
  /** Every blame that an error with this code can have. */
  readonly blame: readonly Blame[];
  /** One sentence: what happened. */
  readonly what: string;
  /** What the reader can do. */
  readonly fix: string;
}
