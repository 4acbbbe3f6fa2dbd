import { asKconformError, type Blame, type KconformError } from '../../errors/error.ts';
import type { Expectation, KnownBug } from '../expectation.ts';
import { faultsOf } from '../faults/faults.ts';
import { ambiguities } from '../faults/overlaps.ts';
import { assertPlainData } from '../matchers/plain-data.ts';
import { nothing } from '../matchers/print.ts';
import { unknownErrno } from '../matchers/unknown-errno.ts';
import { unmetByKernel } from '../needs.ts';
import { noReports, type OracleReports, type Outcome, type Splat, type Verdict } from '../outcome.ts';
import { isUnobserved, judgeProgram } from '../program/judge-program.ts';
import { withPlainPaths, withRule } from '../program/rule.ts';
import type { Skip } from '../program/skips.ts';
import { attemptsFor, type Race, triedText } from '../race.ts';
import { type KernelFacts, resolve } from '../resolve.ts';
import { diff } from './diff.ts';
import { excuseKilled, followsFromKill, isEndBySplat } from './fatal-splats.ts';
import { type JudgedLeaf, judgeLeaf, type Observation } from './judge-leaf.ts';
import { bugsOn, expectedBug, mayHave, stateOf, unexpectedBug } from './known-bugs.ts';
import { blindness, judgeOracles, type OracleFindings } from './oracles.ts';
import { allowUndecided } from './undecided.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** Why the verdict is not PASS, in a line. */
  readonly reason?: string;
  /** With FAIL the kernel; with ERROR whoever broke. */
  readonly blame?: Blame;
  /** The commit that the kernel lacks, or should have and does not behave like. */
  readonly fix?: string;
  readonly observations: readonly Observation[];
  readonly oracles: OracleReports;
  /** What a program of somebody else skipped although the expectation does not list it. */
  readonly skips?: readonly Skip[];
}

/** A verdict without what it rests on. */
type Ruling = Omit<Judgement, 'oracles' | 'observations'>;

export interface JudgeInput {
  readonly expectation: Expectation;
  /** Undefined when nothing came back, not even from the oracles. */
  readonly outcome: Outcome | undefined;
  readonly kernel: KernelFacts;
  /** What ended the case before its time. */
  readonly error?: KconformError;
  /** Whether the needs of the expectation were checked against the kernel already, and are met. */
  readonly meetsNeeds?: true;
  /** That of the guest, if it has one. */
  readonly schedule?: number | undefined;
}

/**
 * The verdict on one case. Evidence against the kernel (an error blamed on it, a splat, a wrong observation) outranks every
 * doubt about the case; PASS is left only when nothing else can be said. Never throws for what an expectation holds.
 */
export function judge(given: JudgeInput): Judgement {
  const { knownBugs } = given.expectation;
  const expectation = {
    ...given.expectation,
    ...(knownBugs && { knownBugs: bugsOn(knownBugs, given.kernel, given.schedule) }),
  };
  const input = {
    ...given,
    expectation: expectation.program === undefined ? expectation : withPlainPaths(expectation),
  };
  try {
    return judgeOutcome(input, judgeOracles(input.expectation, input.outcome?.oracles ?? noReports, input.kernel));
  } catch (thrown) {
    return broken(thrown, input);
  }
}

function judgeOutcome(
  { expectation, outcome, kernel, error, meetsNeeds, schedule }: JudgeInput,
  findings: OracleFindings,
): Judgement {
  const oracles = outcome?.oracles ?? noReports;
  const end = (judgement: Ruling, leaves: readonly JudgedLeaf[] = []) => ({
    ...judgement,
    observations: leaves.map((leaf) => leaf.observation),
    oracles,
  });

  const [provoked] = findings.failures.length === 0 ? findings.faults : [];
  const isOwnPanic = error?.code === 'KC_GUEST_PANIC' && findings.faults.some(({ kind }) => kind === 'panic');
  const [unexpected] = findings.failures;
  if (error !== undefined && outcome?.observations === undefined && unexpected === undefined && isEndBySplat(error)) {
    const ended = xfail(findings.fatal, kernel);
    if (ended !== undefined) return end(provoked === undefined ? ended : filledMemory(provoked));
  }
  const judged = judgeLeaves({ expectation, outcome, kernel }, findings);
  const { leaves, thrown } = judged;
  if (error?.blame === 'kernel' && !(provoked !== undefined && isOwnPanic)) {
    return end(fail(error.message, kernel, findings.returned[0]), leaves);
  }
  const unmet = meetsNeeds === true ? undefined : unmetByKernel(expectation, kernel);
  if (provoked !== undefined) {
    const failed = unmet === undefined ? failedDespiteKill(leaves, outcome?.observations) : undefined;
    if (failed === undefined) return end(filledMemory(provoked), leaves);
    return end(fail(differs(failed.observation), kernel, failed.bug ?? findings.returned[0]), leaves);
  }
  if (unmet !== undefined && error === undefined) return end({ verdict: 'SKIP', reason: unmet });
  if (error !== undefined || outcome?.observations === undefined) {
    if (unexpected !== undefined)
      return end(
        fail(error ? `${unexpected} (then: ${error.message})` : unexpected, kernel, findings.returned[0]),
        leaves,
      );
    if (error !== undefined) return end({ verdict: 'ERROR', reason: error.message, blame: error.blame }, leaves);
    return end({ verdict: 'ERROR', reason: 'the scenario did not end', blame: 'harness' });
  }

  try {
    if (thrown !== undefined) throw thrown.error;
    return end(weigh({ expectation, oracles, kernel, findings, schedule, ...judged }), leaves);
  } catch (caught) {
    if (unexpected !== undefined) return end(fail(unexpected, kernel));
    return broken(caught, { expectation, outcome, kernel });
  }
}

interface JudgedLeaves {
  readonly leaves: readonly JudgedLeaf[];
  /** Each a sentence: what is wrong with the expectation itself. */
  readonly faults: readonly string[];
  /** Why the observations cannot be judged. It decides the verdict only where nothing graver is known. */
  readonly thrown?: { readonly error: unknown };
  /** See Judgement. */
  readonly skips: readonly Skip[];
  /** Why a program skipped as a whole. */
  readonly skipped?: string;
}

/** Judges what was observed, if anything was, leaf by leaf. */
function judgeLeaves({ expectation, outcome, kernel }: JudgeInput, findings: OracleFindings): JudgedLeaves {
  const observations = outcome?.observations;
  if (observations === undefined) return { leaves: [], faults: [], skips: [] };
  try {
    assertPlainData(observations);
    const right = resolve(expectation.outcome, kernel);
    const { leaves: judged, skips } = expectation.program
      ? judgeProgram(expectation, right, observations, kernel)
      : judgeScenario(expectation, right, observations, kernel);
    const decided = allowUndecided(judged, expectation.outcome, observations, kernel);
    const leaves = excuseKilled(decided, observations, findings.fatal);
    const paths = judged.map(({ observation }) => observation.path);
    const faults = [
      ...faultsOf(withRule(expectation), paths),
      ...ambiguities(expectation, right, observations, kernel),
    ];
    return { leaves, faults, skips, ...skipped(expectation, observations) };
  } catch (error) {
    return { leaves: [], faults: [], skips: [], thrown: { error } };
  }
}

function judgeScenario(expectation: Expectation, right: unknown, observations: object, kernel: KernelFacts) {
  const leaves = diff(right, observations).map((leaf) => judgeLeaf(leaf, observations, expectation, kernel));
  return { leaves, skips: [] };
}

function skipped(
  { program }: Expectation,
  { status, reason }: Readonly<Record<string, unknown>>,
): { skipped?: string } {
  return program !== undefined && status === 'skip' ? { skipped: String(reason ?? 'the program skipped') } : {};
}

function filledMemory({ title }: Splat): Ruling {
  return { verdict: 'ERROR', reason: `the scenario filled the guest's memory (${title})`, blame: 'case' };
}

/** A wrong leaf that the out-of-memory killer does not explain. */
function failedDespiteKill(leaves: readonly JudgedLeaf[], observations: object | undefined): JudgedLeaf | undefined {
  if (observations === undefined || observedNothing(leaves)) return undefined;
  return leaves.find(
    ({ observation }) =>
      observation.verdict === 'FAIL' &&
      unknownErrno(observation) === undefined &&
      !followsFromKill(observation, observations),
  );
}

function observedNothing(leaves: readonly JudgedLeaf[]): boolean {
  return leaves.every(({ observation }) => observation.path === '' || observation.observed === nothing);
}

/** What comes of an expectation, or of observations, that cannot be judged. */
function broken(thrown: unknown, { outcome }: JudgeInput): Judgement {
  const { message, blame } = asKconformError(thrown, 'case', 'KC_EXPECTATION_BROKEN');
  return { verdict: 'ERROR', reason: message, blame, observations: [], oracles: outcome?.oracles ?? noReports };
}

interface Weighed extends JudgedLeaves {
  readonly expectation: Expectation;
  readonly oracles: OracleReports;
  readonly kernel: KernelFacts;
  readonly findings: OracleFindings;
  readonly schedule: number | undefined;
}

function weigh(weighed: Weighed): Ruling {
  const { expectation, oracles, kernel, findings, faults, leaves, skips, skipped } = weighed;
  const allFailed = leaves.filter((leaf) => leaf.observation.verdict === 'FAIL');
  const failed = allFailed.find((leaf) => unknownErrno(leaf.observation) === undefined);
  const isEmpty = observedNothing(leaves);
  if (failed !== undefined && !isEmpty)
    return fail(differs(failed.observation), kernel, failed.bug ?? findings.returned[0]);
  const blind = blindness(expectation, oracles, kernel);
  // A program that skipped as a whole has done nothing that a splat is expected of.
  const missing = blind === undefined && skipped === undefined ? findings.missing : [];
  const [report] = [...findings.failures, ...missing];
  if (report !== undefined) return fail(report, kernel, findings.returned[0]);

  if (isEmpty) {
    return { verdict: 'ERROR', reason: 'the scenario observed nothing, which proves nothing', blame: 'case' };
  }
  const misspelt = allFailed[0] === undefined ? undefined : unknownErrno(allFailed[0].observation);
  const fault = misspelt ?? faults[0];
  if (fault !== undefined) return { verdict: 'ERROR', reason: fault, blame: 'case' };
  if (blind !== undefined) return blind.verdict === 'SKIP' ? { verdict: 'SKIP', reason: blind.reason } : blind;

  const unlisted = skips.length === 0 ? {} : { skips };
  if (skipped !== undefined) return { verdict: 'SKIP', reason: skipped, ...unlisted };
  return { ...weighDeclared(weighed), ...unlisted };
}

/** What is left when nothing is wrong: declared bugs and quirks, seen or not. */
function weighDeclared({ expectation, kernel, findings, leaves, schedule }: Weighed): Ruling {
  const failing = leaves.filter((leaf) => leaf.observation.verdict === 'XFAIL').flatMap(({ bug }) => bug ?? []);
  const declared = xfail([...failing, ...findings.seen], kernel);
  if (expectation.race !== undefined && declared !== undefined) return declared;
  const gone =
    leaves.find(({ observation, bug }) => bug !== undefined && ['XPASS', 'SKIP'].includes(observation.verdict))?.bug ??
    unseen(expectation, kernel, findings, leaves);
  if (gone !== undefined && expectation.race !== undefined) {
    const reason = `not reproduced in ${triedText(triedOf(expectation.race, schedule))}, which proves nothing: ${expectedBug(gone, kernel)}`;
    return { verdict: 'SKIP', reason };
  }
  if (gone !== undefined) return { verdict: 'XPASS', reason: `declared and not seen: ${gone.title}`, ...named(gone) };
  const changed = leaves.find(
    ({ observation, quirk }) => observation.verdict === 'XPASS' && quirk !== undefined,
  )?.quirk;
  if (changed !== undefined) {
    return { verdict: 'XPASS', reason: `changed: the kernel now keeps the promise: ${changed.documented}` };
  }
  if (declared !== undefined) return declared;
  const undecided = leaves.find(({ change }) => change !== undefined);
  if (undecided === undefined && expectation.race !== undefined && schedule !== undefined) {
    // The odds of the race are those of runs without a schedule.
    const tried = triedText(triedOf(expectation.race, schedule));
    return { verdict: 'SKIP', reason: `not reproduced in ${tried}, which proves nothing` };
  }
  if (undecided === undefined) return { verdict: 'PASS' };
  const { observation, change } = undecided;
  const reason = `${differs(observation)}: whether this branch has the change of ${change} is not known`;
  return { verdict: 'XFAIL', reason };
}

/** A run under a schedule is the same each time, so that one is enough. */
function triedOf(race: Race, schedule: number | undefined) {
  return schedule === undefined ? { attempts: attemptsFor(race) } : { attempts: 1, schedule };
}

/** The ruling on bugs that were seen as declared, by one that the kernel is known to have where there is one. */
function xfail(seen: readonly KnownBug[], kernel: KernelFacts): Ruling | undefined {
  const present = seen.find((bug) => stateOf(bug, kernel) === 'present');
  const bug = present ?? seen[0];
  if (bug === undefined) return undefined;
  // Of a branch of which nothing is known, the fix is not said to be missing.
  return { verdict: 'XFAIL', reason: expectedBug(bug, kernel), ...(present && named(present)) };
}

/** A bug that this kernel has and that did not show: it shows in nothing but splats or leaks, or in subtests that do not exist. */
function unseen(
  { knownBugs = [], program, race }: Expectation,
  kernel: KernelFacts,
  { seen }: OracleFindings,
  leaves: readonly JudgedLeaf[],
): KnownBug | undefined {
  const hasNoPlace = ({ instead }: KnownBug) =>
    Object.keys(instead).length === 0 || (program !== undefined && isUnobserved(instead, leaves));
  const isOpen = (bug: KnownBug) => (race === undefined ? stateOf(bug, kernel) === 'present' : mayHave(bug, kernel));
  return knownBugs.find((bug) => hasNoPlace(bug) && isOpen(bug) && !seen.includes(bug));
}

function fail(reason: string, kernel: KernelFacts, bug?: KnownBug): Ruling {
  if (bug === undefined) return { verdict: 'FAIL', reason, blame: 'kernel' };
  const missing = stateOf(bug, kernel) === 'fixed' ? named(bug) : {};
  return { verdict: 'FAIL', reason: `${reason}, ${unexpectedBug(bug, kernel)}`, blame: 'kernel', ...missing };
}

function named(bug: KnownBug): { fix?: string } {
  return bug.fix === null ? {} : { fix: bug.fix };
}

function differs({ path, expected, observed }: Observation): string {
  return `${path === '' ? 'outcome' : path}: expected ${expected}, observed ${observed}`;
}
