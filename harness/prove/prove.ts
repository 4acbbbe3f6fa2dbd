import { KconformError } from '../errors/error.ts';
import { buildKernel } from '../kernels/build/build.ts';
import { obtainSource, type Source } from '../kernels/build/source.ts';
import { type Baseline, BuildAhead, type MutantBuild } from './build-ahead.ts';
import { CaseOrder } from './case-order.ts';
import type { CaseRecords } from './case-record.ts';
import { judgeProof, type ProofJudgement } from './judge-proof.ts';
import { UNEDITED, writeKept } from './kept.ts';
import type { Mutant } from './mutant.ts';
import { MutantObserver } from './observe-mutant.ts';
import { isSettled, type KernelPlan, type MutantPlan, type PlanOptions, planProofs } from './plan.ts';
import { type RunCasesOptions, runCases } from './run-cases.ts';
import { editedPlaces } from './source-text.ts';

/** The result for one mutant. */
export interface Proof extends ProofJudgement {
  readonly mutant: Mutant;
  /** `kernel/bpf/inode.c: bpf_fill_super`, or the file alone where an edit is in no function. */
  readonly places: readonly string[];
  /** Milliseconds of the build and of the cases; 0 where the results are kept from before. */
  readonly buildMs: number;
  readonly runMs: number;
}

export type ProofEvent =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'unedited'; readonly records: CaseRecords; readonly ms: number }
  | { readonly type: 'proof'; readonly proof: Proof; readonly done: number; readonly of: number };

export interface ProveOptions extends Omit<RunCasesOptions, 'progress'>, PlanOptions {
  /** `6.12` */
  readonly source: string;
  /** Leave out the mutants that are known to be killed. */
  readonly changed: boolean;
  on(event: ProofEvent): void;
}

/**
 * Builds, boots and runs each mutant, one after another, and compares the results of the cases with those on the unedited kernel,
 * which runs every case in the same session that a mutant runs. Results from before that are still valid are used again.
 * @throws KconformError where the unedited kernel cannot be built or run; an error of one mutant is in its proof
 */
export async function prove(options: ProveOptions): Promise<Proof[]> {
  const prover = new Prover(options);
  const source = await prover.obtainSource();
  const plan = await planProofs(options, source.packageVersion);
  const baseline = await prover.observeUnedited(source, plan.unedited);
  if (options.signal.aborted) return [];
  return prover.proveAll(plan.mutants, baseline);
}

class Prover {
  readonly #options: ProveOptions;
  readonly #order = new CaseOrder();
  readonly #tools: { readonly signal: AbortSignal; readonly progress: (message: string) => void };

  constructor(options: ProveOptions) {
    this.#options = options;
    this.#tools = { signal: options.signal, progress: (message) => options.on({ type: 'progress', message }) };
  }

  obtainSource(): Promise<Source> {
    return obtainSource(this.#options.source, this.#tools);
  }

  /** @throws KC_PROOF (kernel) where it does not boot */
  async observeUnedited(source: Source, { path, kept, missing }: KernelPlan): Promise<Baseline> {
    const { profile, cases, inputs, signal, on } = this.#options;
    const startedAt = performance.now();
    // Exactly this version: a newer one may be published meanwhile.
    const kernel = await buildKernel({ source: source.version, profile }, this.#tools);
    const run =
      missing.length === 0 ? { records: kept } : await runCases(kernel, missing, { ...this.#options, ...this.#tools });
    if ('unbootable' in run)
      throw new KconformError(`the unedited kernel does not boot: ${run.unbootable}`, {
        code: 'KC_PROOF',
        blame: 'kernel',
      });
    const records = new Map([...kept, ...run.records]);
    if (!signal.aborted) {
      await writeKept(path, UNEDITED, cases, records, inputs);
      on({ type: 'unedited', records, ms: performance.now() - startedAt });
    }
    return { source, profile, kernel, records };
  }

  async proveAll(plans: readonly MutantPlan[], baseline: Baseline): Promise<Proof[]> {
    const { changed, signal, on } = this.#options;
    const wanted = changed ? plans.filter((plan) => !isSettled(plan, baseline.records)) : plans;
    const proofs: Proof[] = [];
    // Before the first build, which edits the tree.
    const places = await Promise.all(wanted.map(({ mutant }) => editedPlaces(mutant.edits, baseline.source.tree)));
    await using builds = new BuildAhead(wanted, baseline, this.#tools);
    for (const [index, plan] of wanted.entries()) {
      const build = await builds.take();
      if (build === undefined || signal.aborted) break;
      const proof = { ...(await this.#prove(plan, build, baseline)), places: places[index] ?? [] };
      if (signal.aborted) break;
      proofs.push(proof);
      this.#order.add(proof);
      on({ type: 'proof', proof, done: proofs.length, of: wanted.length });
    }
    return proofs;
  }

  async #prove(plan: MutantPlan, build: MutantBuild, baseline: Baseline): Promise<Omit<Proof, 'places'>> {
    const { mutant, path, kept, missing } = plan;
    const judged = (records: CaseRecords) => judgeProof(mutant, baseline.records, records);
    if (build.type === 'not needed') return { mutant, buildMs: 0, runMs: 0, ...judged(kept) };
    const { buildMs } = build;
    if (build.type === 'ended') return { mutant, buildMs, runMs: 0, ...withoutRecords(build) };
    const startedAt = performance.now();
    // A declared mutant runs all its cases: there the longest first end earliest.
    const tools = { ...this.#options, ...this.#tools, keepOrder: mutant.kind === 'by-rule' };
    const ordered = { ...plan, missing: this.#order.of(missing) };
    const observation = await new MutantObserver(ordered, build.kernel, baseline.records, tools).observe();
    const runMs = Math.round(performance.now() - startedAt);
    if (observation.type === 'ended') return { mutant, buildMs, runMs, ...withoutRecords(observation) };
    const { cases, inputs, signal } = this.#options;
    if (!signal.aborted) await writeKept(path, mutant.id, cases, observation.records, inputs);
    return { mutant, buildMs, runMs, ...judged(observation.records) };
  }
}

function withoutRecords({ outcome, reason }: Pick<ProofJudgement, 'outcome'> & { reason: string }): ProofJudgement {
  const errors = outcome === 'only errors' ? [reason] : [];
  return { outcome, reason, kills: [], also: [], missed: [], notRun: [], errors };
}
