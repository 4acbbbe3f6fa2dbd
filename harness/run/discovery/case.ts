import type { LoadedScenario } from '../../authors/scenarios.ts';
import type { KconformError } from '../../errors/error.ts';
import type { Expectation } from '../../expect/expectation.ts';
import type { Judgement } from '../../expect/judge/judge.ts';
import type { Machine } from '../../machine/machine.ts';
import type { CaseOutcome } from '../case/observe-case.ts';

/** A folder with a scenario and an expectation, loaded; or the reason why it could not be. */
export interface Case {
  /** Path below the folder of cases: `bpffs/mount-owner`. */
  readonly name: string;
  /** What names it on the command line. */
  readonly argument: string;
  /** The command that takes the argument; default: run. */
  readonly command?: 'repro';
  readonly folder: string;
  /** The machine that it runs on. */
  readonly machine: Machine;
  /** Path → SHA-256 of each file that its scenario and its expectation import, and of both; only where both are TypeScript. */
  readonly imports?: Readonly<Record<string, string>>;
  /** For a test of a suite, which has no folder of its own: a hash of what is said of it. */
  readonly inputs?: string;
  readonly loaded: LoadedCase | KconformError;
}

/** What a case does and what is expected of it. */
export interface LoadedCase {
  readonly scenario: LoadedScenario;
  readonly expectation: Expectation;
  /** The verdict, where no expectation says what a correct kernel shows: the reproducer says itself whether it is reproduced. */
  readonly judge?: (seen: CaseOutcome) => Judgement;
  /** Why it is never run, as the file of its suite says: the verdict is SKIP. */
  readonly leftOut?: string;
  /** Why it takes minutes under software emulation, where it is not run then; missing if an argument names the case itself. */
  readonly slow?: string;
}

/** What asks for a machine beside the case itself: a case goes before the configuration, an option before a case. */
export interface MachineSources {
  readonly configuration?: Machine | undefined;
  readonly options?: Machine | undefined;
}
