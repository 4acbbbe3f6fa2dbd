import type { CaseInputs } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { CaseRecord, CaseRecords } from './case-record.ts';
import { judgeProof } from './judge-proof.ts';
import { keptPath, readKept } from './kept.ts';
import type { Mutant } from './mutant.ts';

/** What is known of one kernel before it is built, and what is to be observed there. */
export interface KernelPlan {
  /** The file of the cache with its results. */
  readonly path: string;
  /** Results from before that are still valid. */
  readonly kept: ReadonlyMap<string, CaseRecord>;
  /** Cases without a result. */
  readonly missing: readonly Case[];
}

export interface MutantPlan extends KernelPlan {
  readonly mutant: Mutant;
}

export interface ProofPlan {
  /** Its missing cases are all that are missing on some kernel: a mutant is compared with the same session's unedited kernel. */
  readonly unedited: KernelPlan;
  readonly mutants: readonly MutantPlan[];
}

export interface PlanOptions {
  readonly mutants: readonly Mutant[];
  readonly cases: readonly Case[];
  readonly profile: string;
  /** Ignore results from before. */
  readonly again: boolean;
  readonly inputs: CaseInputs;
  /** Whether a case is run on a mutant. */
  concerns(mutant: Mutant, testCase: Case): boolean;
}

/** @param packageVersion of the source */
export async function planProofs(options: PlanOptions, packageVersion: string): Promise<ProofPlan> {
  const { mutants, cases, profile, again, inputs } = options;
  const planKernel = async (edits: Mutant['edits'], own: readonly Case[]): Promise<KernelPlan> => {
    const path = await keptPath(packageVersion, profile, edits);
    const kept = again ? new Map<string, CaseRecord>() : await readKept(path, cases, inputs);
    return { path, kept, missing: own.filter(({ name }) => !kept.has(name)) };
  };
  const unedited = await planKernel([], cases);
  const planned = await Promise.all(
    mutants.map(async (mutant) => {
      const own = cases.filter((testCase) => options.concerns(mutant, testCase));
      return { mutant, ...(await planKernel(mutant.edits, own)) };
    }),
  );
  const missing = cases.filter((one) => [unedited, ...planned].some((plan) => plan.missing.includes(one)));
  return { unedited: { ...unedited, missing }, mutants: planned };
}

/** Whether nothing is missing and the mutant is killed. */
export function isSettled({ mutant, kept, missing }: MutantPlan, unedited: CaseRecords): boolean {
  return missing.length === 0 && judgeProof(mutant, unedited, kept).outcome === 'killed';
}
