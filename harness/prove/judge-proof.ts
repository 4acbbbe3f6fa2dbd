import type { CaseRecord, CaseRecords } from './case-record.ts';
import { covers, type DeclaredMutant, type Mutant } from './mutant.ts';

/**
 * - killed: of a declared mutant, each declared observation that this profile can make (those of cases that are SKIP on the
 *   unedited kernel are in `notRun`), at least one, fails here and not on the unedited kernel; of one by rule, any observation
 * - killed elsewhere: others fail, or only some of the declared
 * - survived: the cases have the results that they have on the unedited kernel
 * - not run here: none of the declared observations could be made on this profile, so nothing is proven
 * - same object code: the edits change nothing that is built
 * - only errors: cases were ERROR, and no observation speaks against the kernel
 */
export type ProofOutcome =
  | 'killed'
  | 'killed elsewhere'
  | 'survived'
  | 'not run here'
  | 'only errors'
  | 'same object code'
  | 'does not apply'
  | 'does not build'
  | 'does not boot';

/** One observation that fails on the mutant and not on the unedited kernel. */
export interface Kill {
  readonly case: string;
  /** Empty when the case fails by its oracles; NO_END when it crashes or hangs. */
  readonly path: string;
  readonly expected: string;
  readonly observed: string;
}

export interface ProofJudgement {
  readonly outcome: ProofOutcome;
  /** Why, where no observation shows it. */
  readonly reason?: string;
  /** The declared observations that fail; of a mutant by rule, all that fail. */
  readonly kills: readonly Kill[];
  /** Others that fail too. */
  readonly also: readonly Kill[];
  /** `case: path` of declared observations that do not fail. */
  readonly missed: readonly string[];
  /** `case: path (why)` of declared observations that could not be made. */
  readonly notRun: readonly string[];
  /** Cases that are ERROR here and were not on the unedited kernel, with the reason. */
  readonly errors: readonly string[];
}

/** In the place of a path: the guest crashed or hung, or something in it did not end. No declaration names it. */
export const NO_END = '(no end)';

/** What the cases did on a mutant, compared with what they did on the unedited kernel. */
export function judgeProof(mutant: Mutant, unedited: CaseRecords, records: CaseRecords): ProofJudgement {
  const all = [...records].flatMap(([name, record]) => killsOf(name, record, unedited.get(name)));
  const errors = [...records]
    .filter(([name, record]) => record.verdict === 'ERROR' && unedited.get(name)?.verdict !== 'ERROR')
    .map(([name, record]) => `${name}: ${record.reason ?? 'ERROR'}`);
  if (mutant.kind === 'declared') return judgeDeclared(mutant, unedited, records, all, errors);
  const outcome = all.length > 0 ? 'killed' : survivedOr(errors);
  return { outcome, kills: all, also: [], missed: [], notRun: [], errors };
}

/** A mutant by rule is killed by whatever fails first: no other case needs to run. */
export function isDecided(mutant: Mutant, unedited: CaseRecords, records: CaseRecords): boolean {
  return mutant.kind === 'by-rule' && judgeProof(mutant, unedited, records).outcome === 'killed';
}

function judgeDeclared(
  { mustFail }: DeclaredMutant,
  unedited: CaseRecords,
  records: CaseRecords,
  all: readonly Kill[],
  errors: readonly string[],
): ProofJudgement {
  const declared = Object.entries(mustFail).flatMap(([name, paths]) =>
    paths.map((path) => ({
      name,
      path,
      fails: all.some((kill) => kill.case === name && covers(path, kill.path)),
      unobserved: whyUnobserved(path, unedited.get(name), records.get(name)),
      isSkipped: unedited.get(name)?.verdict === 'SKIP',
    })),
  );
  const kills = all.filter((kill) => declared.some(({ name, path }) => name === kill.case && covers(path, kill.path)));
  const unobserved = declared.filter((one) => one.unobserved !== undefined);
  const missed = declared.filter((one) => one.unobserved === undefined && !one.fails);
  const outcome = (): ProofOutcome => {
    const isWhole = missed.length === 0 && unobserved.every(({ isSkipped }) => isSkipped);
    if (kills.length > 0 && isWhole) return 'killed';
    if (all.length > 0) return 'killed elsewhere';
    return declared.length > 0 && unobserved.length === declared.length ? 'not run here' : survivedOr(errors);
  };
  return {
    outcome: outcome(),
    kills,
    also: all.filter((kill) => !kills.includes(kill)),
    missed: missed.map(({ name, path }) => `${name}: ${path}`),
    notRun: unobserved.map((one) => `${one.name}: ${one.path} (${one.unobserved})`),
    errors,
  };
}

function survivedOr(errors: readonly string[]): ProofOutcome {
  return errors.length > 0 ? 'only errors' : 'survived';
}

/**
 * Why a case can say nothing about a difference between the two kernels; undefined when it can. One that is skipped on the mutant
 * alone could, and does not: a defect that hides itself is missed.
 */
function whyUnobserved(
  path: string,
  unedited: CaseRecord | undefined,
  record: CaseRecord | undefined,
): string | undefined {
  if (unedited === undefined || record === undefined) return 'the case was not run';
  if (unedited.verdict === 'SKIP') return `SKIP: ${unedited.reason ?? ''}`;
  if (unedited.verdict === 'ERROR') return `ERROR on the unedited kernel: ${unedited.reason ?? ''}`;
  if (unedited.failed.some((one) => covers(path, one.path))) return 'it fails on the unedited kernel too';
  return undefined;
}

function killsOf(name: string, record: CaseRecord, unedited: CaseRecord | undefined): Kill[] {
  if (unedited === undefined || unedited.verdict === 'SKIP' || unedited.verdict === 'ERROR') return [];
  // Observations of a case that is ERROR or SKIP were not judged.
  if (record.verdict === 'ERROR' || record.verdict === 'SKIP') return [];
  const before = new Set(unedited.failed.map(({ path }) => path));
  const failed = record.failed.filter(({ path }) => !before.has(path)).map((one) => ({ case: name, ...one }));
  const whole = record.verdict === 'FAIL' && record.failed.length === 0 && unedited.verdict !== 'FAIL';
  const path = record.broke ? NO_END : '';
  return whole ? [{ case: name, path, expected: unedited.verdict, observed: record.reason ?? 'FAIL' }] : failed;
}
