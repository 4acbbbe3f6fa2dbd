import type { Observation } from '../judge/judge-leaf.ts';
import { isErrno } from './errno.ts';

const NAME = /^'(E[A-Z0-9]+)'$/;

/**
 * Why a failed observation is the expectation's fault: an error was observed, and the name expected is no error of any kernel.
 * Undefined for every other failure. The compiler refuses such a name where the scenario has types; shell and C have none.
 */
export function unknownErrno({ path, expected, observed }: Observation): string | undefined {
  const name = NAME.exec(expected)?.[1];
  const seen = NAME.exec(observed)?.[1];
  if (name === undefined || seen === undefined || isErrno(name) || !isErrno(seen)) return undefined;
  return `${path}: expected ${name}, which is not the name of an errno; observed ${seen}`;
}
