import { KconformError } from '../errors/error.ts';
import type { Accelerator } from '../guest/qemu/machine.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { Reporter } from '../run/events.ts';
import { run } from '../run/run.ts';
import { type CaseRecord, type CaseRecords, recordOf } from './case-record.ts';

export interface RunCasesOptions {
  readonly accelerator: Accelerator | undefined;
  readonly jobs: number | undefined;
  /** See RunOptions. */
  readonly keepOrder?: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** The results of cases on one kernel; or why it does not boot. */
export type CasesRun = { readonly records: Map<string, CaseRecord> } | { readonly unbootable: string };

/**
 * Runs the cases on one kernel.
 * @param enough called after each case with the results so far: whether the other cases may be left out
 * @throws KC_PROOF when no guest came up and the kernel is not to blame
 */
export async function runCases(
  kernel: Kernel,
  cases: readonly Case[],
  options: RunCasesOptions,
  enough: (records: CaseRecords) => boolean = () => false,
): Promise<CasesRun> {
  const records = new Map<string, CaseRecord>();
  const satisfied = new AbortController();
  let ready = false;
  const watch: Reporter = {
    on(event) {
      if (event.type === 'kernel-ready') ready = true;
      if (event.type === 'case-finished') {
        options.progress(`${kernel.spec}: ${records.size + 1} of ${cases.length} cases (${event.result.case})`);
        records.set(event.result.case, recordOf(event.result));
        if (enough(records)) satisfied.abort();
      }
      if (event.type === 'progress' && event.message !== '') options.progress(event.message);
    },
  };
  const { accelerator, jobs, version, keepOrder = false } = options;
  const signal = AbortSignal.any([options.signal, satisfied.signal]);
  const planned = { ...kernel, obtain: async () => kernel };
  const fixed = { isolation: 'clone', leaks: false, ownOptions: [], reporters: [watch] } as const;
  const results = await run({
    kernels: [planned],
    cases,
    boot: undefined,
    accelerator,
    jobs,
    version,
    keepOrder,
    signal,
    ...fixed,
  });
  const [first] = results.filter(({ verdict }) => verdict !== 'SKIP');
  if (!ready && first !== undefined && !options.signal.aborted) {
    const reason = first.reason ?? first.verdict;
    if (first.blame === 'kernel') return { unbootable: reason };
    const evidence = first.evidence === undefined ? {} : { evidence: first.evidence };
    throw new KconformError(`no guest of ${kernel.spec} came up: ${reason}`, {
      code: 'KC_PROOF',
      blame: first.blame ?? 'harness',
      ...evidence,
    });
  }
  return { records };
}
