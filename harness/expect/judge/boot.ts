import type { Expectation, KnownBug } from '../expectation.ts';
import { faultsOf } from '../faults/faults.ts';
import type { OracleReports } from '../outcome.ts';
import { type JudgeInput, type Judgement, judge } from './judge.ts';
import { splatMatches } from './oracles.ts';

/** The name under which the boot of a kernel is judged; no case may have it. */
export const BOOT = '(boot)';

/** A splat by its kind (`WARNING`), a text in its title, a function of its fingerprint, or several of them. */
interface BootSplat {
  /** The whole kind: `BUG`, `WARNING`, `Oops`, `panic`, `KASAN`, …. */
  readonly kind?: string | undefined;
  /** A text that stands in the title. */
  readonly title?: string | undefined;
  /** A function that must be among the first frames of its stack. */
  readonly frame?: string | undefined;
}

/** A bug that shows while kernels boot: XFAIL on a kernel with it, XPASS where it does not show, FAIL on one with its fix. */
export interface BootBug {
  /** What the bug does, in one line. */
  readonly title: string;
  /** The upstream commit that fixes it; null if there is none yet. */
  readonly fix: string | null;
  /** The first version with the bug, one a branch; left out, every kernel without the fix has it. */
  readonly introducedIn?: readonly string[] | undefined;
  /** The first version with the fix, one a branch; empty while it is fixed nowhere. */
  readonly fixedIn: readonly string[];
  /** Where it was reported or discussed: a URL. */
  readonly link?: string | undefined;
  /** The kernels that it is declared for, as `--kernel` names them; all without. */
  readonly kernels?: readonly string[] | undefined;
  /** Splats that come with the bug. */
  readonly splats: readonly BootSplat[];
  /** Letters of taint flags that come with these splats, beside those that their kinds set anyway. */
  readonly taints?: readonly string[] | undefined;
}

/** What is known of the boot of the kernels: `boot` of kconform.config.ts. */
export interface BootDeclarations {
  /** Letters of taint flags that kernels may have from their boot on, such as O and E of modules (tainted-kernels.rst). */
  readonly taints?: readonly string[] | undefined;
  readonly knownBugs?: readonly BootBug[] | undefined;
}

/** The one observation of a boot: the guest said that it is ready. */
export const BOOTED = { booted: true } as const;

/** A boot as an expectation, so that it is judged like any case. */
export function bootExpectation(declared: BootDeclarations, spec?: string): Expectation {
  const knownBugs = (declared.knownBugs ?? []).filter(
    ({ kernels }) => spec === undefined || kernels === undefined || kernels.includes(spec),
  );
  return {
    kind: 'expectation',
    about: 'the kernel boots without a report against itself',
    outcome: BOOTED,
    knownBugs: knownBugs.map(knownBug),
  };
}

/** What is wrong with the declarations on every kernel, a sentence each. */
export function bootFaults(declared: BootDeclarations): string[] {
  return faultsOf(bootExpectation(declared));
}

interface BootInput extends Omit<JudgeInput, 'expectation'> {
  readonly declared: BootDeclarations;
  /** What --kernel named. */
  readonly spec: string;
}

/** The verdict on a boot, by the rules for cases. The reports in the judgement are whole: declared taints are among them. */
export function judgeBoot({ declared, spec, outcome, ...input }: BootInput): Judgement {
  const expectation = bootExpectation(declared, spec);
  if (outcome === undefined) return judge({ ...input, expectation, outcome });
  const allowed = allowedTaints(declared, spec, outcome.oracles);
  const taints = outcome.oracles.taints.filter((taint) => !allowed.has(taint));
  const judgement = judge({ ...input, expectation, outcome: { ...outcome, oracles: { ...outcome.oracles, taints } } });
  return { ...judgement, oracles: outcome.oracles };
}

/** Those of a bug count only where its splat is seen; on a kernel with its fix that splat is a FAIL all the same. */
function allowedTaints(declared: BootDeclarations, spec: string, { splats }: OracleReports): Set<string> {
  const bugs = (declared.knownBugs ?? []).filter(({ kernels }) => kernels === undefined || kernels.includes(spec));
  const seen = bugs.filter((bug) =>
    splats.some((splat) => knownBug(bug).splats?.some((one) => splatMatches(one, splat))),
  );
  return new Set([...(declared.taints ?? []), ...seen.flatMap(({ taints = [] }) => taints)]);
}

function knownBug({ title, fix, introducedIn, fixedIn, link, splats }: BootBug): KnownBug {
  return {
    title,
    fix,
    fixedIn,
    ...(introducedIn === undefined ? {} : { introducedIn }),
    ...(link === undefined ? {} : { link }),
    instead: {},
    splats: splats.map(({ kind, title: text, frame }) => ({
      ...(kind === undefined ? {} : { kind }),
      ...(text === undefined ? {} : { title: text }),
      ...(frame === undefined ? {} : { frame }),
    })),
  };
}
