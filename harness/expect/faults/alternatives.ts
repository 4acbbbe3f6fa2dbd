import { steps } from '../judge/diff.ts';
import { isMatcher } from '../matchers/matchers.ts';
import { isRecord, own } from '../matchers/matches.ts';

/** What may be expected somewhere, once the fences on the way are decided. */
export interface Alternative {
  readonly value: unknown;
  /** True when it is not what every kernel is held to. */
  readonly fenced: boolean;
}

/** Everything that some kernel is held to at the path. */
export function alternativesAt(expected: unknown, path: string): Alternative[] {
  return descend([{ value: expected, fenced: false }], steps(path));
}

function descend(roots: readonly Alternative[], [step, ...rest]: readonly string[]): Alternative[] {
  const here = roots.flatMap(unfence);
  if (step === undefined) return here;
  const below = here.flatMap(({ value, fenced }) => {
    const member = Array.isArray(value) ? value[Number(step)] : isRecord(value) ? own(value, step) : undefined;
    return member === undefined ? [] : [{ value: member, fenced }];
  });
  return descend(below, rest);
}

function unfence({ value, fenced }: Alternative): Alternative[] {
  if (!isMatcher(value)) return [{ value, fenced }];
  if (value.$matcher === 'byVersion') {
    return Object.values(value.$with).flatMap((one) => unfence({ value: one, fenced: true }));
  }
  if (value.$matcher === 'byConfig') {
    return [value.$with.set, value.$with.unset].flatMap((one) => unfence({ value: one, fenced: true }));
  }
  return [{ value, fenced }];
}
