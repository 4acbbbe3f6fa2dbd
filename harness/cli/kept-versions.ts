import { KconformError } from '../errors/error.ts';
import { listKnown } from '../kernels/debian/catalogue.ts';
import { cachedKernel } from '../kernels/debian/download.ts';
import { suffixOf } from '../kernels/flavour.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { branchOf } from '../kernels/version.ts';
import type { Case } from '../run/discovery/case.ts';
import { editBetween } from '../run/discovery/case-inputs.ts';
import { prepareEnvironment } from '../run/environment.ts';
import type { CaseResult, KernelIdentity } from '../run/events.ts';
import { KernelImages } from '../run/pool/kernel-images.ts';
import { Reuse } from '../run/reuse/reuse.ts';
import { sameMachine } from '../series/compare.ts';
import { progressToStderr } from './options.ts';
import { kconformVersion } from './version.ts';

/** What a run recorded of a case, and the case as it is now. */
interface Recorded {
  readonly result: CaseResult;
  /** The hash of the files of the case at that time, if it was recorded. */
  readonly inputs: string | undefined;
  readonly now: string | undefined;
}

/**
 * Why what the cache keeps of other kernels cannot be set beside the result; undefined where it can. The cache has only outcomes of
 * the case as it is now.
 */
export function whyNotKept({ result, inputs, now }: Recorded): string | undefined {
  if (inputs === undefined || now === undefined) return 'The run did not record what the case was.';
  if (editBetween(result.case, inputs, now) === 'nothing') return undefined;
  return 'Files that the cases share, kconform itself or the machine changed after the run.';
}

/** The kept results of the machine that the result has, with the same packages. */
export function ofSameMachine(kept: readonly CaseResult[], { result }: Pick<Recorded, 'result'>): CaseResult[] {
  return kept.filter((one) => sameMachine(one, result));
}

/**
 * What earlier runs showed of a case on other kernels of the same branch and flavour, as far as the cache keeps it and nothing has
 * changed since. Nothing is run, and nothing is downloaded.
 * @param subject the kernel that is reported
 * @param known ids of kernels whose results are there already
 */
export async function keptVersions(
  testCase: Case,
  subject: KernelIdentity,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<CaseResult[]> {
  if (subject.package?.startsWith('linux-') !== true) return []; // a build, or a kernel of another distribution
  const published = (await listKnown()).filter(
    ({ cached, version, source }) =>
      cached &&
      source === undefined &&
      suffixOf(version) === suffixOf(subject.version) &&
      branchOf(version) === branchOf(subject.version),
  );
  const kernels: Kernel[] = [];
  for (const one of published) {
    const kernel = await cachedKernel(one, one.number).catch(fromUnfit);
    if (kernel !== undefined && !known.has(kernel.id)) kernels.push(kernel);
  }
  const [sample] = kernels;
  if (sample === undefined) return [];
  const environment = await prepareEnvironment(sample, undefined, progressToStderr, signal);
  const planned = kernels.map((kernel) => ({ ...kernel, obtain: async () => kernel }));
  const options = {
    kernels: planned,
    cases: [testCase],
    accelerator: undefined,
    isolation: 'clone' as const,
    boot: undefined,
    jobs: undefined,
    leaks: false,
    reuse: { read: true, recheck: 0 },
    version: kconformVersion(),
    ownOptions: [],
    reporters: [],
    signal,
  };
  const reuse = new Reuse({ options, environment, images: new KernelImages(), jobs: [], progress: progressToStderr });
  const results: CaseResult[] = [];
  for (const kernel of planned) {
    const decision = await reuse.of(kernel, testCase);
    if (decision.kind === 'kept') results.push(decision.attempt.result);
  }
  return results;
}

function fromUnfit(error: unknown): undefined {
  if (error instanceof KconformError) return undefined;
  throw error;
}
