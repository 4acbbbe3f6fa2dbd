import { BOOT } from '../expect/judge/boot.ts';
import { isUnexpected } from '../expect/outcome.ts';
import { type CaseResult, jobKey, type KernelIdentity, type Planned } from '../run/events.ts';
import { sameMachine } from './compare.ts';

/** One part of a run, with the files beside its results. */
export interface Part<T extends { readonly result: CaseResult }> {
  readonly planned?: Planned | undefined;
  readonly cases: readonly T[];
}

export interface Merged<T> {
  /** All that was to be judged, where the parts say it. */
  readonly planned?: Planned;
  readonly cases: readonly T[];
  /** What was to be judged and is in no part. */
  readonly missing: readonly { readonly kernel: KernelIdentity; readonly case: string }[];
  /** Numbers of parts that are not there, of so many. */
  readonly missingShards: readonly number[];
}

/**
 * Joins parts of a run. A case that two of them judged is kept once, with the other outcome as a retry: where they differ the
 * unexpected one is the verdict, and the case is unstable.
 */
export function merge<T extends { readonly result: CaseResult }>(parts: readonly Part<T>[]): Merged<T> {
  const cases = new Map<string, T>();
  for (const one of parts.flatMap((part) => part.cases)) {
    const key = jobKey(one.result.kernel, one.result.case);
    const before = cases.get(key);
    cases.set(key, before === undefined ? one : twice(before, one));
  }
  const plans = parts.flatMap(({ planned }) => (planned === undefined ? [] : [planned]));
  if (plans.length === 0) return { cases: [...cases.values()], missing: [], missingShards: [] };
  const kernels = [...new Map(plans.flatMap((plan) => plan.kernels).map((kernel) => [kernel.id, kernel])).values()];
  const names = [...new Set(plans.flatMap((plan) => plan.cases))];
  const inputs = Object.assign({}, ...plans.map((plan) => plan.inputs ?? {}));
  const missing = kernels.flatMap((kernel) =>
    names.filter((name) => !cases.has(jobKey(kernel, name))).map((name) => ({ kernel, case: name })),
  );
  return {
    planned: { kernels, cases: names, ...(Object.keys(inputs).length === 0 ? {} : { inputs }) },
    cases: [...cases.values()],
    missing,
    missingShards: missingShards(plans),
  };
}

/** Packages of which parts have different bytes, and paths at which they found different kernels. */
export function ambiguousKernels(parts: readonly Part<{ readonly result: CaseResult }>[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { planned, cases } of parts) {
    for (const kernel of [...(planned?.kernels ?? []), ...cases.map(({ result }) => result.kernel)]) {
      const { package: name, spec, id, sha256 } = kernel;
      const bytes = name === null ? id : sha256;
      if (bytes !== undefined) found.set(name ?? spec, (found.get(name ?? spec) ?? new Set()).add(bytes));
    }
  }
  return [...found].filter(([, all]) => all.size > 1).map(([name]) => name);
}

/** Cases that parts ran on different machines: one result cannot stand for both. The boot is that of several machines anyway. */
export function casesOnSeveralMachines(parts: readonly Part<{ readonly result: CaseResult }>[]): string[] {
  const first = new Map<string, CaseResult>();
  const several = new Set<string>();
  for (const { result } of parts.flatMap(({ cases }) => cases)) {
    const key = jobKey(result.kernel, result.case);
    const before = first.get(key);
    if (before === undefined) first.set(key, result);
    else if (result.case !== BOOT && !sameMachine(before, result)) several.add(result.case);
  }
  return [...several];
}

function twice<T extends { readonly result: CaseResult }>(one: T, other: T): T {
  const [main, second] =
    !isUnexpected(one.result.verdict) && isUnexpected(other.result.verdict) ? [other, one] : [one, other];
  const { verdict, durationMs, blame, reason, observations, oracles, retries = [] } = second.result;
  const told = { ...(blame === undefined ? {} : { blame }), ...(reason === undefined ? {} : { reason }) };
  const retry = { isolation: 'clone', verdict, durationMs, ...told, observations, oracles } as const;
  return { ...main, result: { ...main.result, retries: [...(main.result.retries ?? []), retry, ...retries] } };
}

function missingShards(plans: readonly Planned[]): number[] {
  const shards = plans.flatMap(({ shard }) => (shard === undefined ? [] : [shard]));
  const count = Math.max(0, ...shards.map((shard) => shard.count));
  const there = new Set(shards.map(({ index }) => index));
  return Array.from({ length: count }, (_, place) => place + 1).filter((index) => !there.has(index));
}
