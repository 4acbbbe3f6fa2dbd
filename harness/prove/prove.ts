import { asKconformError, KconformError } from '../errors.ts';
import type { AptOptions } from '../kernels/apt.ts';
import { buildKernel } from '../kernels/build/build.ts';
import { obtainSource } from '../kernels/build/source.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Case } from '../run/cases.ts';
import type { BrokenKernel } from './broken-kernel.ts';
import { applyFault, sourceText } from './declarations.ts';
import { functionOf } from './functions.ts';
import { judgeProof, nothingSeen, type Verdict } from './judge-proof.ts';
import { type CaseInputs, keptPath, readKept, UNEDITED, writeKept } from './kept.ts';
import { type SeeOptions, seeCases } from './see-cases.ts';
import type { Seen, SeenCases } from './seen.ts';

/** What came of one broken kernel. */
export interface Proof extends Verdict {
  readonly kernel: BrokenKernel;
  /** `kernel/bpf/inode.c: bpf_fill_super`, or the file alone where an edit is in no function. */
  readonly places: readonly string[];
  /** Milliseconds of the build and of the cases; 0 for what was kept from before. */
  readonly buildMs: number;
  readonly runMs: number;
}

export type ProofEvent =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'unedited'; readonly seen: SeenCases; readonly ms: number }
  | { readonly type: 'proof'; readonly proof: Proof; readonly done: number; readonly of: number };

export interface ProveOptions extends Omit<SeeOptions, 'progress'> {
  readonly kernels: readonly BrokenKernel[];
  readonly cases: readonly Case[];
  /** Which of `cases` are run on a broken kernel. */
  concerns(kernel: BrokenKernel, testCase: Case): boolean;
  /** `6.12` */
  readonly source: string;
  readonly profile: string;
  /** Use nothing that is kept from before. */
  readonly again: boolean;
  /** Leave out the kernels of which all is kept. */
  readonly changed: boolean;
  readonly inputs: CaseInputs;
  on(event: ProofEvent): void;
}

/**
 * Builds, boots and runs each broken kernel, one after another, and holds what the suite says of it against the unedited kernel,
 * which runs in the same session every case that a broken one runs. What was seen before and would be seen again is not run.
 * @throws what kept the unedited kernel from being built or run; whatever concerns one broken kernel is in its proof
 */
export async function prove(options: ProveOptions): Promise<Proof[]> {
  const { kernels, cases, signal, inputs } = options;
  const progress = (message: string) => options.on({ type: 'progress', message });
  const building: AptOptions = { signal, progress };
  const see: SeeOptions = { ...options, progress };
  const source = await obtainSource(options.source, building);
  const request = { source: options.source, profile: options.profile };

  const plans = await Promise.all(
    [unedited, ...kernels].map(async (kernel) => {
      const path = await keptPath(source.packageVersion, options.profile, kernel.edits);
      const kept = options.again ? new Map<string, Seen>() : await readKept(path, cases, inputs);
      const own = kernel === unedited ? cases : cases.filter((one) => options.concerns(kernel, one));
      return { kernel, path, kept, lacking: own.filter(({ name }) => !kept.has(name)) };
    }),
  );
  const base = plans[0];
  if (base === undefined) return [];
  const needed = cases.filter((one) => plans.some(({ lacking }) => lacking.includes(one)));
  const startedAt = performance.now();
  const right = await buildKernel(request, building);
  const sight = needed.length === 0 ? { seen: base.kept } : await seeCases(right, needed, see);
  if ('unbootable' in sight)
    throw new KconformError(`the unedited kernel does not boot: ${sight.unbootable}`, {
      code: 'KC_PROOF',
      blame: 'kernel',
    });
  const seenRight = new Map([...base.kept, ...sight.seen]);
  if (signal.aborted) return [];
  await writeKept(base.path, unedited.id, cases, seenRight, inputs);
  options.on({ type: 'unedited', seen: seenRight, ms: performance.now() - startedAt });

  const proofs: Proof[] = [];
  const wanted = plans.slice(1).filter(({ lacking }) => !options.changed || lacking.length > 0);
  for (const { kernel, path, kept, lacking } of wanted) {
    if (signal.aborted) break;
    const come = await proveOne(kernel);
    if (signal.aborted) break;
    const proof = { ...come, places: await placesOf(kernel, source.tree) };
    proofs.push(proof);
    options.on({ type: 'proof', proof, done: proofs.length, of: wanted.length });

    async function proveOne(one: BrokenKernel): Promise<Unplaced> {
      const fault = await applyFault(one, source.tree);
      if (fault !== undefined) return ended(one, 'does not apply', fault);
      if (lacking.length === 0) return { kernel: one, buildMs: 0, runMs: 0, ...judgeProof(one, seenRight, kept) };
      const buildStarted = performance.now();
      const built = await buildBroken(one);
      const buildMs = Math.round(performance.now() - buildStarted);
      if ('outcome' in built) return { ...built, buildMs };
      if (built.sha256 === right.sha256)
        return { ...ended(one, 'same object code', 'the edits change nothing that is built'), buildMs };
      const runStarted = performance.now();
      const result = await seeCases(built, lacking, see);
      const runMs = Math.round(performance.now() - runStarted);
      if ('unbootable' in result) return { ...ended(one, 'does not boot', result.unbootable), buildMs, runMs };
      const seen = new Map([...kept, ...result.seen]);
      await writeKept(path, one.id, cases, seen, inputs);
      return { kernel: one, buildMs, runMs, ...judgeProof(one, seenRight, seen) };
    }

    async function buildBroken(one: BrokenKernel): Promise<Kernel | Unplaced> {
      try {
        return await buildKernel({ ...request, edits: one.edits, label: one.id }, building);
      } catch (thrown) {
        const error = asKconformError(thrown, 'harness', 'KC_BUILD');
        if (error.code === 'KC_EDIT') return ended(one, 'does not apply', error.message);
        if (error.code === 'KC_BUILD') return ended(one, 'does not build', error.message);
        throw error;
      }
    }
  }
  return proofs;
}

const unedited: BrokenKernel = { id: UNEDITED, breaks: [], edits: [], mustFail: {} };

type Unplaced = Omit<Proof, 'places'>;

function ended(kernel: BrokenKernel, outcome: Verdict['outcome'], reason: string): Unplaced {
  return { kernel, outcome, reason, ...nothingSeen, buildMs: 0, runMs: 0 };
}

async function placesOf({ edits }: BrokenKernel, tree: string): Promise<string[]> {
  const places = edits.map(async ({ file, find }) => {
    const name = functionOf(await sourceText(tree, file).catch(() => ''), find);
    return name === undefined ? file : `${file}: ${name}`;
  });
  return [...new Set(await Promise.all(places))];
}
