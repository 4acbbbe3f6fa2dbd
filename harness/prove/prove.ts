import { asKconformError, KconformError } from '../errors/error.ts';
import { buildKernel, restoreSource } from '../kernels/build/build.ts';
import { obtainSource } from '../kernels/build/source.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { CaseInputs } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { BrokenKernel } from './broken-kernel.ts';
import { applyFault, sourceText } from './declarations.ts';
import { functionOf } from './functions.ts';
import { judgeProof, nothingSeen, type Verdict } from './judge-proof.ts';
import { keptPath, readKept, UNEDITED, writeKept } from './kept.ts';
import { type SeeOptions, seeCases } from './see-cases.ts';
import { confirmed, type Seen, type SeenCases } from './seen.ts';

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
 * Builds, boots and runs each broken kernel, one after another (the next is built meanwhile), and holds what the suite says of it
 * against the unedited kernel, which runs in the same session every case that a broken one runs. What was seen before and would be seen again is not run.
 * @throws what kept the unedited kernel from being built or run; whatever concerns one broken kernel is in its proof
 */
export async function prove(options: ProveOptions): Promise<Proof[]> {
  const { kernels, cases, signal, inputs } = options;
  const progress = (message: string) => options.on({ type: 'progress', message });
  const building: AptOptions = { signal, progress };
  const see: SeeOptions = { ...options, progress };
  const source = await obtainSource(options.source, building);
  // Just this version: a newer one may be published meanwhile.
  const request = { source: source.version, profile: options.profile };

  const plans = await Promise.all(
    [unedited, ...kernels].map(async (kernel): Promise<Plan> => {
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
  const isSettled = ({ kernel, kept, lacking }: Plan) =>
    lacking.length === 0 && judgeProof(kernel, seenRight, kept).outcome === 'killed';
  const wanted = plans.slice(1).filter((plan) => !options.changed || !isSettled(plan));
  // Before the first build, which edits the tree.
  const places = new Map(await Promise.all(wanted.map(async ({ kernel }) => placesOf(kernel, source.tree))));
  let next = buildAhead(0);
  try {
    for (const [index, plan] of wanted.entries()) {
      const built = await next;
      next = buildAhead(index + 1);
      if (signal.aborted) break;
      const come = await proveOne(plan, built);
      if (signal.aborted) break;
      const proof = { ...come, places: places.get(plan.kernel) ?? [] };
      proofs.push(proof);
      options.on({ type: 'proof', proof, done: proofs.length, of: wanted.length });
    }
  } finally {
    await next.catch(() => undefined); // what ended the loop is told
    await restoreSource(source, progress);
  }
  return proofs;

  /** Builds while the cases run on the kernel before. */
  function buildAhead(index: number): Promise<Built> {
    const plan = wanted[index];
    const build = plan === undefined || signal.aborted ? Promise.resolve(undefined) : buildBroken(plan);
    build.catch(() => undefined); // told to who awaits it
    return build;
  }

  /** Undefined where all is kept that would be seen. */
  async function buildBroken({ kernel, kept, lacking }: Plan): Promise<Built> {
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    try {
      const fault = await applyFault(kernel, source.tree);
      if (fault !== undefined) return ended(kernel, 'does not apply', fault);
      if (lacking.length === 0 || isKilled(kernel, kept)) return undefined;
      const built = await buildKernel({ ...request, edits: kernel.edits, label: kernel.id }, building);
      if (built.sha256 !== right.sha256) return { built, buildMs: ms() };
      return { ...ended(kernel, 'same object code', 'the edits change nothing that is built'), buildMs: ms() };
    } catch (thrown) {
      const error = asKconformError(thrown, 'harness', 'KC_BUILD');
      if (error.code === 'KC_EDIT') return { ...ended(kernel, 'does not apply', error.message), buildMs: ms() };
      if (error.code === 'KC_BUILD') return { ...ended(kernel, 'does not build', error.message), buildMs: ms() };
      throw error;
    }
  }

  /** A mutant is killed by whatever fails first: the rest need not be seen. */
  function isKilled(kernel: BrokenKernel, seen: SeenCases): boolean {
    return Object.keys(kernel.mustFail).length === 0 && judgeProof(kernel, seenRight, seen).outcome === 'killed';
  }

  async function proveOne({ kernel, path, kept, lacking }: Plan, made: Built): Promise<Unplaced> {
    if (made === undefined) return { kernel, buildMs: 0, runMs: 0, ...judgeProof(kernel, seenRight, kept) };
    if ('outcome' in made) return made;
    const { built, buildMs } = made;
    const startedAt = performance.now();
    const result = await seeTwice(kernel, built, kept, lacking);
    const runMs = Math.round(performance.now() - startedAt);
    if ('outcome' in result) return { ...result, buildMs, runMs };
    if (!signal.aborted) await writeKept(path, kernel.id, cases, result.seen, inputs);
    return { kernel, buildMs, runMs, ...judgeProof(kernel, seenRight, result.seen) };
  }

  /** What kills it is looked at a second time, in other clones: what fails once may be an accident of the host. */
  async function seeTwice(
    kernel: BrokenKernel,
    built: Kernel,
    kept: SeenCases,
    lacking: readonly Case[],
  ): Promise<{ readonly seen: Map<string, Seen> } | Unplaced> {
    const seen = new Map(kept);
    let left = lacking;
    while (left.length > 0 && !signal.aborted) {
      const first = await seeBroken(kernel, built, left, (now) => isKilled(kernel, new Map([...seen, ...now])));
      if ('outcome' in first) return first;
      for (const [name, one] of first.seen) seen.set(name, one);
      const { kills } = judgeProof(kernel, seenRight, seen);
      const suspects = left.filter(({ name }) => kills.some((kill) => kill.case === name));
      const second = suspects.length === 0 ? first : await seeBroken(kernel, built, suspects);
      if ('outcome' in second) return second;
      for (const { name } of suspects) {
        const [one, other] = [first.seen.get(name), second.seen.get(name)];
        if (one !== undefined && other !== undefined) seen.set(name, confirmed(one, other));
      }
      left = isKilled(kernel, seen) ? [] : left.filter(({ name }) => !seen.has(name));
    }
    return { seen };
  }

  async function seeBroken(
    kernel: BrokenKernel,
    built: Kernel,
    some: readonly Case[],
    enough?: (seen: SeenCases) => boolean,
  ): Promise<{ readonly seen: Map<string, Seen> } | Unplaced> {
    try {
      const result = await seeCases(built, some, see, enough);
      return 'unbootable' in result ? ended(kernel, 'does not boot', result.unbootable) : result;
    } catch (thrown) {
      // The unedited kernel came up in this session: this is the broken one's affair, or an accident of its own.
      if (!(thrown instanceof KconformError) || thrown.code !== 'KC_PROOF') throw thrown;
      return { ...ended(kernel, 'only errors', thrown.message), errors: [thrown.message] };
    }
  }
}

const unedited: BrokenKernel = { id: UNEDITED, breaks: [], edits: [], mustFail: {} };

type Unplaced = Omit<Proof, 'places'>;
type Built = { readonly built: Kernel; readonly buildMs: number } | Unplaced | undefined;

/** What is to be seen of one kernel. */
interface Plan {
  readonly kernel: BrokenKernel;
  /** Where what was seen is kept. */
  readonly path: string;
  readonly kept: Map<string, Seen>;
  readonly lacking: readonly Case[];
}

function ended(kernel: BrokenKernel, outcome: Verdict['outcome'], reason: string): Unplaced {
  return { kernel, outcome, reason, ...nothingSeen, buildMs: 0, runMs: 0 };
}

async function placesOf(kernel: BrokenKernel, tree: string): Promise<[BrokenKernel, string[]]> {
  const places = kernel.edits.map(async ({ file, find }) => {
    const name = functionOf(await sourceText(tree, file).catch(() => ''), find);
    return name === undefined ? file : `${file}: ${name}`;
  });
  return [kernel, [...new Set(await Promise.all(places))]];
}
