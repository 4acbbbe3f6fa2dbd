import { KconformError } from '../errors.ts';
import type { Accelerator } from '../guest/machine.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Case } from '../run/cases.ts';
import type { Reporter } from '../run/events.ts';
import { run } from '../run/run.ts';
import { type Seen, seenIn } from './seen.ts';

export interface SeeOptions {
  readonly accelerator: Accelerator | undefined;
  readonly jobs: number | undefined;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** What the suite says of one kernel; or why it does not boot. */
export type Sight = { readonly seen: Map<string, Seen> } | { readonly unbootable: string };

/**
 * Runs the cases on one kernel.
 * @throws KC_PROOF when no guest came up and the kernel is not to blame
 */
export async function seeCases(kernel: Kernel, cases: readonly Case[], options: SeeOptions): Promise<Sight> {
  let ready = false;
  let done = 0;
  const watch: Reporter = {
    on(event) {
      if (event.type === 'kernel-ready') ready = true;
      if (event.type === 'case-finished')
        options.progress(`${kernel.spec}: ${++done} of ${cases.length} cases (${event.result.case})`);
      if (event.type === 'progress' && event.message !== '') options.progress(event.message);
    },
  };
  const { accelerator, jobs, version, signal } = options;
  const planned = { ...kernel, obtain: async () => kernel };
  const fixed = { isolation: 'clone', leaks: false, ownOptions: [], reporters: [watch] } as const;
  const results = await run({ kernels: [planned], cases, accelerator, jobs, version, signal, ...fixed });
  const [first] = results.filter(({ verdict }) => verdict !== 'SKIP');
  if (!ready && first !== undefined && !signal.aborted) {
    const reason = first.reason ?? first.verdict;
    if (first.blame === 'kernel') return { unbootable: reason };
    const evidence = first.evidence === undefined ? {} : { evidence: first.evidence };
    throw new KconformError(`no guest of ${kernel.spec} came up: ${reason}`, {
      code: 'KC_PROOF',
      blame: first.blame ?? 'harness',
      ...evidence,
    });
  }
  return { seen: new Map(results.map((result) => [result.case, seenIn(result)])) };
}
