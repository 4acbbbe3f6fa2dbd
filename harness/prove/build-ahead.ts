import { asKconformError } from '../errors/error.ts';
import { buildKernel, restoreSource } from '../kernels/build/build.ts';
import type { Source } from '../kernels/build/source.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { CaseRecords } from './case-record.ts';
import { isDecided, type ProofOutcome } from './judge-proof.ts';
import type { MutantPlan } from './plan.ts';
import { editFault } from './source-text.ts';

/** The unedited kernel, built and observed. */
export interface Baseline {
  readonly source: Source;
  readonly profile: string;
  readonly kernel: Kernel;
  readonly records: CaseRecords;
}

/** A mutant's kernel; or that no kernel is needed, since all results are kept; or why there is none. */
export type MutantBuild =
  | { readonly type: 'built'; readonly kernel: Kernel; readonly buildMs: number }
  | { readonly type: 'not needed' }
  | { readonly type: 'ended'; readonly outcome: ProofOutcome; readonly reason: string; readonly buildMs: number };

const OUTCOME_OF_ERROR: Readonly<Record<string, ProofOutcome>> = {
  KC_EDIT: 'does not apply',
  KC_BUILD: 'does not build',
};

/** Builds mutants in their order, each while the cases run on the one before. Disposing it restores the published source. */
export class BuildAhead implements AsyncDisposable {
  readonly #baseline: Baseline;
  readonly #options: AptOptions & { readonly signal: AbortSignal };
  readonly #plans: MutantPlan[];
  #next: Promise<MutantBuild> | undefined;

  constructor(
    plans: readonly MutantPlan[],
    baseline: Baseline,
    options: AptOptions & { readonly signal: AbortSignal },
  ) {
    this.#baseline = baseline;
    this.#options = options;
    this.#plans = [...plans];
    this.#start();
  }

  /** The build of the next plan; undefined behind the last one, and after an interruption. */
  async take(): Promise<MutantBuild | undefined> {
    const build = await this.#next;
    this.#start();
    return build;
  }

  #start(): void {
    const plan = this.#options.signal.aborted ? undefined : this.#plans.shift();
    this.#next = plan && this.#build(plan);
    this.#next?.catch(() => undefined); // take() throws it
  }

  async #build({ mutant, kept, missing }: MutantPlan): Promise<MutantBuild> {
    const { source, profile, kernel: unedited, records } = this.#baseline;
    const startedAt = performance.now();
    const ended = (outcome: ProofOutcome, reason: string): MutantBuild => {
      return { type: 'ended', outcome, reason, buildMs: Math.round(performance.now() - startedAt) };
    };
    const fault = await editFault(mutant.edits, source.tree);
    if (fault !== undefined) return ended('does not apply', fault);
    if (missing.length === 0 || isDecided(mutant, records, kept)) return { type: 'not needed' };
    try {
      const request = { source: source.version, profile, edits: mutant.edits, label: mutant.id };
      const kernel = await buildKernel(request, this.#options);
      if (kernel.sha256 === unedited.sha256) return ended('same object code', 'the edits change nothing that is built');
      return { type: 'built', kernel, buildMs: Math.round(performance.now() - startedAt) };
    } catch (thrown) {
      const error = asKconformError(thrown, 'harness', 'KC_BUILD');
      const outcome = OUTCOME_OF_ERROR[error.code];
      if (outcome === undefined) throw error;
      return ended(outcome, error.message);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#next?.catch(() => undefined); // nobody takes it any more
    const { progress } = this.#options;
    await restoreSource(this.#baseline.source, progress);
  }
}
