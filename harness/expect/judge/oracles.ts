import type { Blame } from '../../errors/error.ts';
import type { Expectation, KnownBug, SplatMatcher } from '../expectation.ts';
import { isMatcher, type Matcher } from '../matchers/matchers.ts';
import { matches } from '../matchers/matches.ts';
import { print } from '../matchers/print.ts';
import { HIDDEN_LOG, type Leak, type OracleReports, type Splat } from '../outcome.ts';
import { isBuiltIn, type KernelFacts } from '../resolve.ts';
import { isConsequence, isFatal } from './fatal-splats.ts';
import { mayHave, stateOf } from './known-bugs.ts';

/** What the oracles' reports mean for the verdict. */
export interface OracleFindings {
  /** Each a sentence: a splat, leak or taint that nothing names. */
  readonly failures: readonly string[];
  /** Splats that nothing names, and that the case itself provoked. */
  readonly faults: readonly Splat[];
  /** Each a sentence: a splat that a correct kernel prints, and that did not come. */
  readonly missing: readonly string[];
  /** Bugs whose splat or leak was seen on a kernel that has them, or may have them. */
  readonly seen: readonly KnownBug[];
  /** Those of them whose splat kills or blocks what ran: it explains that a scenario did not end. */
  readonly fatal: readonly KnownBug[];
  /** Bugs whose splat or leak was seen on a kernel that should not have them. */
  readonly returned: readonly KnownBug[];
}

/**
 * Taint flags that the kernel sets together with a report of a kind: D where die() ends it, W where warn or might_sleep does, B
 * with sanitisers of memory (Documentation/admin-guide/tainted-kernels.rst; kernel/sched/core.c, mm/kasan/report.c).
 */
const taintsOfKind: Readonly<Record<string, string>> = {
  WARNING: 'W',
  refcount: 'W',
  sleeping: 'W',
  atomic: 'W',
  lockdep: 'W',
  KASAN: 'BW',
  KFENCE: 'BW',
  KMSAN: 'BW',
  UBSAN: 'W',
  lockup: 'L',
  'hung task': '',
  'RCU stall': '',
  OOM: '',
};

/** Of an oops, whatever its kind: the report dies, and warnings on the way are part of it. */
const taintsOfOops = 'DW';

/** Sets the reports against what the expectation and its known bugs name. */
export function judgeOracles(expectation: Expectation, reports: OracleReports, kernel: KernelFacts): OracleFindings {
  const failures: string[] = [];
  const faults: Splat[] = [];
  const seen = new Set<KnownBug>();
  const returned = new Set<KnownBug>();
  const fatal = new Set<KnownBug>();
  const declared = (declares: (bug: KnownBug) => boolean): KnownBug | undefined => {
    const bugs = (expectation.knownBugs ?? []).filter(declares);
    const open = bugs.find((bug) => stateOf(bug, kernel) === 'present') ?? bugs.find((bug) => mayHave(bug, kernel));
    if (open !== undefined) seen.add(open);
    else for (const bug of bugs) returned.add(bug);
    return open;
  };

  let allowedTaints = '';
  for (const splat of reports.splats) {
    const named = expectation.splats?.some((matcher) => splatMatches(matcher, splat)) ?? false;
    const bug = declared((known) => declaresSplat(known, splat));
    if (bug !== undefined && isFatal(splat)) fatal.add(bug);
    if (named || bug !== undefined || (fatal.size > 0 && isConsequence(splat))) {
      allowedTaints += taintsOfKind[splat.kind] ?? taintsOfOops;
    } else if (splat.blame === 'case') faults.push(splat);
    else failures.push(`splat: ${splat.title}`);
  }
  for (const leak of reports.leaks) {
    if (declared((bug) => declaresLeak(bug, leak)) === undefined) failures.push(`leak: ${leakLines(leak)[0]}`);
  }
  failures.push(...reports.counters);
  for (const taint of reports.taints) if (!allowedTaints.includes(taint)) failures.push(`new taint: ${taint}`);
  const missing = (expectation.splats ?? [])
    .filter((matcher) => !reports.splats.some((splat) => splatMatches(matcher, splat)))
    .map(({ kind, title, frame }) => {
      const named = [kind, title === undefined ? undefined : print(title), frame && `in ${frame}`];
      return `expected splat missing: ${named.filter(Boolean).join(' ')}`;
    });
  return { failures, faults, missing, seen: [...seen], fatal: [...fatal], returned: [...returned] };
}

/** A leak as a person reads it: what, how often, by whom, from where. */
export function leakLines({ count, bytes, comm, hex, backtrace }: Leak): string[] {
  const objects = count === 1 ? 'an unreferenced object' : `${count} unreferenced objects`;
  const named = backtrace.map((frame) => frame.replace(/\+0x.*/, '')).slice(0, 4);
  return [`${objects} of ${bytes} bytes (${named.join(' < ')}), allocated by ${comm}`, ...hex, ...backtrace];
}

/** Why a PASS would claim more than was looked at; undefined when every oracle that the case needs has looked. */
export function blindness(
  expectation: Expectation,
  reports: OracleReports,
  kernel: KernelFacts,
): { readonly verdict: 'ERROR' | 'SKIP'; readonly reason: string; readonly blame: Blame } | undefined {
  for (const [oracle, why] of Object.entries(reports.unavailable)) {
    const reason = `the ${oracle} oracle could not look: ${why}`;
    const blame = oracle === HIDDEN_LOG ? 'case' : 'harness';
    if (!/^(kmemleak|leaks?)$/.test(oracle)) return { verdict: 'ERROR', reason, blame };
    if (!needsLeaks(expectation)) continue;
    return { verdict: isBuiltIn(kernel, 'DEBUG_KMEMLEAK') === false ? 'SKIP' : 'ERROR', reason, blame };
  }
  return undefined;
}

/** True when the verdict would be worth nothing without a scan for leaks. */
export function needsLeaks({ needs, knownBugs }: Expectation): boolean {
  return (
    (needs?.features?.some((name) => /^(kmemleak|leaks?)$/.test(name)) ?? false) ||
    (needs?.config?.some((option) => /^(CONFIG_)?DEBUG_KMEMLEAK$/.test(option)) ?? false) ||
    (knownBugs?.some((bug) => Object.keys(bug.instead).length === 0 && bug.leaks !== undefined) ?? false)
  );
}

/** True when the splat is one of the bug's. */
export function declaresSplat({ splats = [] }: KnownBug, splat: Splat): boolean {
  return splats.some((matcher) => splatMatches(matcher, splat));
}

/** True when the leak is one of the bug's. */
export function declaresLeak({ leaks = [] }: KnownBug, leak: Leak): boolean {
  const text = leakLines(leak).join('\n');
  return leaks.some((wanted) => textMatches(wanted, text));
}

/** True when the splat is one that the matcher names. */
export function splatMatches(matcher: SplatMatcher, splat: Splat): boolean {
  if (matcher.kind === undefined && matcher.title === undefined && matcher.frame === undefined) return false;
  if (matcher.frame !== undefined && !splat.fingerprint.includes(matcher.frame)) return false;
  if (matcher.kind !== undefined && matcher.kind !== splat.kind) return false;
  return matcher.title === undefined || textMatches(matcher.title, splat.title);
}

function textMatches(expected: string | Matcher<string>, text: string): boolean {
  return isMatcher(expected) ? matches(expected, text) : text.includes(expected);
}
