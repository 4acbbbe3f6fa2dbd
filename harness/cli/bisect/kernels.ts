import { KconformError } from '../../errors/error.ts';
import { type PlannedKernel, planKernels, planPublished } from '../../kernels/resolve.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import { byAge } from '../../series/kernels.ts';
import { rangeBetween } from '../../series/range-between.ts';
import { progressToStderr } from '../options.ts';

/** Kernels to search, oldest first. */
export interface KernelRange {
  readonly kernels: readonly PlannedKernel[];
  /** How the first one is said to stand, and the last one is not. */
  readonly first?: 'good' | 'bad';
}

/** What is searched where no ends are named. */
export const SERIES = 'published:6.12';

/** All kernels of the specs. @throws KC_BISECT (host) if they are not at least two */
export async function kernelsOfSeries(specs: readonly string[], signal: AbortSignal): Promise<KernelRange> {
  const kernels = [...(await planKernels(specs, { signal, progress: progressToStderr }))].sort(byAge);
  if (kernels.length >= 2) return { kernels };
  throw refusal(
    `${specs.join(', ')} is one kernel, and a search needs several`,
    'name a range: --kernel 6.12.43..6.12.118',
  );
}

/** The published kernels from one end to the other, with the ends as they were named. @throws KC_BISECT (host) */
export async function kernelsBetween(good: string, bad: string, signal: AbortSignal): Promise<KernelRange> {
  const options = { signal, progress: progressToStderr };
  const ends: PlannedKernel[] = [];
  for (const spec of [good, bad]) {
    const [kernel, another] = await planPublished(spec, options);
    if (kernel === undefined || another !== undefined) {
      throw refusal(`"${spec}" is not one published kernel`, 'use git bisect run and --tree for your own tree');
    }
    ends.push(kernel);
  }
  const [older, newer] = [...ends].sort(byAge);
  if (older === undefined || newer === undefined || older.package === newer.package) {
    throw refusal('--good and --bad are the same kernel', 'npx kconform kernels lists the kernels');
  }
  const span = rangeBetween(older, newer);
  if (span === undefined) {
    throw refusal(
      `--good and --bad are kernels of two flavours or sources: ${older.version} and ${newer.version}`,
      'name two of one flavour, such as 6.12.57:rt and 6.12.118:rt',
    );
  }
  const numbers = ends.map(upstreamVersion);
  const range = await planKernels([span], options);
  // Of Debian one package stands for a version; of other sources one version can have many releases.
  const isEnd = (kernel: PlannedKernel) =>
    kernel.package?.includes(':linux') === true
      ? ends.some(({ id }) => id === kernel.id)
      : numbers.includes(upstreamVersion(kernel));
  const inner = range.filter((kernel) => !isEnd(kernel));
  return { kernels: [older, ...inner, newer], first: older === ends[0] ? 'good' : 'bad' };
}

export function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_BISECT', blame: 'host', hint });
}
