import { type BrokenKernel, covers } from './broken-kernel.ts';
import type { Seen, SeenCases } from './seen.ts';

/**
 * - killed: each declared observation that this profile can make (those of cases that are SKIP on the unedited kernel are in
 *   `notRun`), one at least, fails here, and not on the unedited kernel
 * - killed elsewhere: others fail, or only some of the declared
 * - survived: the suite says of it what it says of the unedited kernel
 * - not run here: none of the declared observations could be made on this profile, so nothing is proven
 * - same object code: the edits change nothing that is built
 * - only errors: cases broke off (ERROR), and no observation speaks against the kernel
 */
export type Outcome =
  | 'killed'
  | 'killed elsewhere'
  | 'survived'
  | 'not run here'
  | 'only errors'
  | 'same object code'
  | 'does not apply'
  | 'does not build'
  | 'does not boot';

/** One observation that fails on the broken kernel and not on the unedited one. */
export interface Kill {
  readonly case: string;
  /** Empty when the case fails by its oracles; NO_END when it crashes or hangs. */
  readonly path: string;
  readonly expected: string;
  readonly observed: string;
}

export interface Verdict {
  readonly outcome: Outcome;
  /** Why, where no observation tells. */
  readonly reason?: string;
  /** The declared observations that fail. */
  readonly kills: readonly Kill[];
  /** Others that fail too. */
  readonly also: readonly Kill[];
  /** `case: path` of what was declared and does not fail. */
  readonly missed: readonly string[];
  /** `case: path (why)` of what was declared and not looked at. */
  readonly notRun: readonly string[];
  /** Cases that came to no verdict here and did on the unedited kernel, with the reason. */
  readonly errors: readonly string[];
}

/** In the place of a path: the guest crashed or hung, or something in it did not end. No declaration names it. */
export const NO_END = '(no end)';

export const nothingSeen = { kills: [], also: [], missed: [], notRun: [], errors: [] } as const;

/** What the suite said of a broken kernel, held against what it said of the unedited one. */
export function judgeProof(kernel: BrokenKernel, unedited: SeenCases, broken: SeenCases): Verdict {
  const all = [...broken].flatMap(([name, seen]) => killsOf(name, seen, unedited.get(name)));
  const declared = Object.entries(kernel.mustFail).flatMap(([name, paths]) => paths.map((path) => ({ name, path })));
  const isDeclared = (kill: Kill) => declared.some(({ name, path }) => name === kill.case && covers(path, kill.path));
  /** Of a mutant nothing is declared: whatever fails kills it. */
  const kills = declared.length === 0 ? all : all.filter(isDeclared);
  const also = all.filter((kill) => !kills.includes(kill));
  const missed: string[] = [];
  const notRun: string[] = [];
  let spoilt = false;
  for (const { name, path } of declared) {
    const why = unobserved(path, unedited.get(name), broken.get(name));
    const fails = kills.some((kill) => kill.case === name && covers(path, kill.path));
    if (why !== undefined) notRun.push(`${name}: ${path} (${why})`);
    else if (!fails) missed.push(`${name}: ${path}`);
    if (why !== undefined && unedited.get(name)?.verdict !== 'SKIP') spoilt = true;
  }
  const errors = [...broken]
    .filter(([name, seen]) => seen.verdict === 'ERROR' && unedited.get(name)?.verdict !== 'ERROR')
    .map(([name, seen]) => `${name}: ${seen.reason ?? 'ERROR'}`);
  return { outcome: outcomeOf(), kills, also, missed, notRun, errors };

  function outcomeOf(): Outcome {
    if (kills.length > 0 && missed.length === 0 && !spoilt) return 'killed';
    if (all.length > 0) return 'killed elsewhere';
    if (declared.length > 0 && notRun.length === declared.length) return 'not run here';
    return errors.length > 0 ? 'only errors' : 'survived';
  }
}

/**
 * Why a case can say nothing about a difference between the two kernels; undefined when it can. One that is skipped on the broken
 * kernel alone could, and does not: a defect that hides itself is missed.
 */
function unobserved(path: string, unedited: Seen | undefined, broken: Seen | undefined): string | undefined {
  if (unedited === undefined || broken === undefined) return 'the case was not run';
  if (unedited.verdict === 'SKIP') return `SKIP: ${unedited.reason ?? ''}`;
  if (unedited.verdict === 'ERROR') return `ERROR on the unedited kernel: ${unedited.reason ?? ''}`;
  if (unedited.failed.some((one) => covers(path, one.path))) return 'it fails on the unedited kernel too';
  return undefined;
}

function killsOf(name: string, broken: Seen, unedited: Seen | undefined): Kill[] {
  if (unedited === undefined || unedited.verdict === 'SKIP' || unedited.verdict === 'ERROR') return [];
  // A case that broke off may have observations, which nobody has weighed.
  if (broken.verdict === 'ERROR' || broken.verdict === 'SKIP') return [];
  const before = new Set(unedited.failed.map(({ path }) => path));
  const failed = broken.failed.filter(({ path }) => !before.has(path)).map((one) => ({ case: name, ...one }));
  const whole = broken.verdict === 'FAIL' && broken.failed.length === 0 && unedited.verdict !== 'FAIL';
  const path = broken.broke ? NO_END : '';
  return whole ? [{ case: name, path, expected: unedited.verdict, observed: broken.reason ?? 'FAIL' }] : failed;
}
