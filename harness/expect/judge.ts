import { asKconformError, type Blame, type KconformError } from '../errors.ts';
import { type Difference, diff } from './diff.ts';
import type { Expectation, KnownBug } from './expectation.ts';
import { isFixed, type JudgedLeaf, judgeLeaf, type Observation, strayPaths } from './known-bugs.ts';
import { unmetByKernel } from './needs.ts';
import { blindness, judgeOracles, type OracleFindings } from './oracles.ts';
import type { OracleReports, Outcome, Verdict } from './outcome.ts';
import { nothing } from './print.ts';
import { type KernelFacts, resolve } from './resolve.ts';

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
}

export interface JudgeInput {
  readonly expectation: Expectation;
  /** Undefined when nothing came back, not even from the oracles. */
  readonly outcome: Outcome | undefined;
  readonly kernel: KernelFacts;
  /** What ended the case before its time. */
  readonly error?: KconformError;
}

const noReports: OracleReports = { splats: [], leaks: [], taints: [], unavailable: {} };

/**
 * The verdict on one case. Evidence against the kernel (an error blamed on it, a splat, a wrong observation) outranks every
 * doubt about the case; PASS is left only when nothing else can be said. Never throws for what an expectation holds.
 */
export function judge({ expectation, outcome, kernel, error }: JudgeInput): Judgement {
  const oracles = outcome?.oracles ?? noReports;
  const findings = judgeOracles(expectation, oracles, kernel);
  const end = (judgement: Omit<Judgement, 'oracles' | 'observations'>, leaves: readonly JudgedLeaf[] = []) => ({
    ...judgement,
    observations: leaves.map((leaf) => leaf.observation),
    oracles,
  });

  if (error?.blame === 'kernel') return end(fail(error.message, findings.returned[0]));
  const unmet = unmetByKernel(expectation, kernel);
  if (unmet !== undefined && error === undefined) return end({ verdict: 'SKIP', reason: unmet });
  if (error !== undefined || outcome?.observations === undefined) {
    const unexpected = findings.failures.find((failure) => !failure.startsWith('expected splat missing'));
    if (unexpected !== undefined) return end(fail(error ? `${unexpected} (then: ${error.message})` : unexpected));
    if (error !== undefined) return end({ verdict: 'ERROR', reason: error.message, blame: error.blame });
    return end({ verdict: 'ERROR', reason: 'the scenario came to no end', blame: 'harness' });
  }

  try {
    const differences = diff(resolve(expectation.outcome, kernel), outcome.observations);
    const bugs = expectation.knownBugs ?? [];
    const leaves = differences.map((leaf) => judgeLeaf(leaf, outcome.observations, bugs, kernel));
    return end(weigh(expectation, oracles, kernel, findings, differences, leaves), leaves);
  } catch (thrown) {
    const broken = asKconformError(thrown, 'case', 'KC_EXPECTATION_BROKEN');
    if (findings.failures[0] !== undefined) return end(fail(findings.failures[0]));
    return end({ verdict: 'ERROR', reason: broken.message, blame: broken.blame });
  }
}

function weigh(
  expectation: Expectation,
  oracles: OracleReports,
  kernel: KernelFacts,
  findings: OracleFindings,
  differences: readonly Difference[],
  leaves: readonly JudgedLeaf[],
): Omit<Judgement, 'oracles' | 'observations'> {
  const failed = leaves.find((leaf) => leaf.observation.verdict === 'FAIL');
  const observedNothing = leaves.every((leaf) => leaf.observation.path === '' || leaf.observation.observed === nothing);
  if (failed !== undefined && !observedNothing)
    return fail(differs(failed.observation), failed.bug ?? findings.returned[0]);
  if (findings.failures[0] !== undefined) return fail(findings.failures[0], findings.returned[0]);

  if (observedNothing) {
    return { verdict: 'ERROR', reason: 'the scenario observed nothing, which proves nothing', blame: 'case' };
  }
  const stray = strayPaths(expectation.knownBugs ?? [], differences);
  if (stray[0] !== undefined) {
    return { verdict: 'ERROR', reason: `a known bug names ${stray[0]}, which nothing observes`, blame: 'case' };
  }
  const blind = blindness(expectation, oracles, kernel);
  if (blind !== undefined) return blind.verdict === 'SKIP' ? blind : { ...blind, blame: 'harness' };

  const gone =
    leaves.find((leaf) => leaf.observation.verdict === 'XPASS')?.bug ?? unseen(expectation, kernel, findings);
  if (gone !== undefined) return { verdict: 'XPASS', reason: `declared and not seen: ${gone.title}`, ...named(gone) };
  const present = leaves.find((leaf) => leaf.observation.verdict === 'XFAIL')?.bug ?? findings.seen[0];
  if (present !== undefined) return { verdict: 'XFAIL', reason: present.title, ...named(present) };
  return { verdict: 'PASS' };
}

/** A bug that shows in nothing but splats or leaks, is not fixed here, and did not show. */
function unseen(expectation: Expectation, kernel: KernelFacts, { seen }: OracleFindings): KnownBug | undefined {
  return expectation.knownBugs?.find(
    (bug) => Object.keys(bug.instead).length === 0 && !isFixed(bug, kernel) && !seen.includes(bug),
  );
}

function fail(reason: string, bug?: KnownBug): Omit<Judgement, 'oracles' | 'observations'> {
  if (bug === undefined) return { verdict: 'FAIL', reason, blame: 'kernel' };
  const missing = `as if ${bug.fix ?? 'its fix'} were missing (${bug.title}; fixed in ${bug.fixedIn.join(', ')})`;
  return { verdict: 'FAIL', reason: `${reason}, ${missing}`, blame: 'kernel', ...named(bug) };
}

function named(bug: KnownBug): { fix?: string } {
  return bug.fix === null ? {} : { fix: bug.fix };
}

function differs({ path, expected, observed }: Observation): string {
  return `${path === '' ? 'outcome' : path}: expected ${expected}, observed ${observed}`;
}
