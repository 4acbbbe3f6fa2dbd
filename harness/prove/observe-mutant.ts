import { KconformError } from '../errors/error.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Case } from '../run/discovery/cases.ts';
import { type CaseRecord, type CaseRecords, confirmed } from './case-record.ts';
import { isDecided, judgeProof } from './judge-proof.ts';
import type { MutantPlan } from './plan.ts';
import { type RunCasesOptions, runCases } from './run-cases.ts';

/** The results of the cases on a mutant; or why there are none. */
export type MutantObservation =
  | { readonly type: 'observed'; readonly records: CaseRecords }
  | { readonly type: 'ended'; readonly outcome: 'does not boot' | 'only errors'; readonly reason: string };

/** Runs cases on the kernel of one mutant. */
export class MutantObserver {
  readonly #plan: MutantPlan;
  readonly #kernel: Kernel;
  readonly #unedited: CaseRecords;
  readonly #options: RunCasesOptions;

  constructor(plan: MutantPlan, kernel: Kernel, unedited: CaseRecords, options: RunCasesOptions) {
    this.#plan = plan;
    this.#kernel = kernel;
    this.#unedited = unedited;
    this.#options = options;
  }

  /** Runs the missing cases, until the proof is decided, and those that kill the mutant a second time. */
  async observe(): Promise<MutantObservation> {
    const { mutant, kept, missing } = this.#plan;
    const records = new Map(kept);
    const isEnough = (some: CaseRecords) => isDecided(mutant, this.#unedited, new Map([...records, ...some]));
    let left = missing;
    while (left.length > 0 && !this.#options.signal.aborted) {
      const first = await this.#run(left, isEnough);
      if (first.type === 'ended') return first;
      const second = await this.#confirm(left, first.records, records);
      if (second.type === 'ended') return second;
      for (const [name, one] of [...first.records, ...second.records]) records.set(name, one);
      left = isEnough(new Map()) ? [] : left.filter(({ name }) => !records.has(name));
    }
    return { type: 'observed', records };
  }

  /** Repeats the cases that kill the mutant in other clones: a single failure may be an accident of the host. */
  async #confirm(cases: readonly Case[], first: CaseRecords, before: CaseRecords): Promise<MutantObservation> {
    const { kills } = judgeProof(this.#plan.mutant, this.#unedited, new Map([...before, ...first]));
    const killing = cases.filter(({ name }) => kills.some((kill) => kill.case === name));
    if (killing.length === 0) return { type: 'observed', records: new Map() };
    const second = await this.#run(killing);
    if (second.type === 'ended') return second;
    const records = new Map<string, CaseRecord>();
    for (const [name, again] of second.records) {
      const once = first.get(name);
      if (once !== undefined) records.set(name, confirmed(once, again));
    }
    return { type: 'observed', records };
  }

  async #run(cases: readonly Case[], isEnough?: (records: CaseRecords) => boolean): Promise<MutantObservation> {
    try {
      const run = await runCases(this.#kernel, cases, this.#options, isEnough);
      if ('unbootable' in run) return { type: 'ended', outcome: 'does not boot', reason: run.unbootable };
      return { type: 'observed', records: run.records };
    } catch (thrown) {
      // The unedited kernel booted in this session, so this is due to the mutant, or an accident of this boot.
      if (!(thrown instanceof KconformError) || thrown.code !== 'KC_PROOF') throw thrown;
      return { type: 'ended', outcome: 'only errors', reason: thrown.message };
    }
  }
}
