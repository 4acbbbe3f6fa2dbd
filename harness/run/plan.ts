import { BOOT } from '../expect/judge/boot.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { DEFAULT_MACHINE, isDefaultMachine, type Machine, withoutSchedule } from '../machine/machine.ts';
import type { Case } from './discovery/cases.ts';
import { jobKey } from './events.ts';
import type { RunOptions } from './options.ts';
import { type Durations, longestFirst } from './pool/durations.ts';
import { divide, type Shard, type Share, shareKey } from './pool/shard.ts';

/** One case on one kernel, or the boot of a kernel. */
export interface Job {
  readonly kernel: PlannedKernel;
  readonly testCase: Case | typeof BOOT;
  readonly machine: Machine;
}

/** The jobs of one run in their order, and which of them have not ended yet. */
export class Plan {
  readonly jobs: readonly Job[];
  /** The kernels of the jobs, in their order. */
  readonly kernels: readonly PlannedKernel[];
  readonly #unfinished = new Map<PlannedKernel, number>();

  /** @param known durations of cases in earlier runs */
  constructor(options: RunOptions, known: Durations) {
    this.jobs = jobsOf(options, known);
    this.kernels = [...new Set(this.jobs.map(({ kernel }) => kernel))];
    for (const { kernel } of this.jobs) this.#unfinished.set(kernel, (this.#unfinished.get(kernel) ?? 0) + 1);
  }

  /** The kernel after that of the job. */
  kernelAfter({ kernel }: Job): PlannedKernel | undefined {
    return this.kernels[this.kernels.indexOf(kernel) + 1];
  }

  jobAfter(job: Job, distance: number): Job | undefined {
    return this.jobs[this.jobs.indexOf(job) + distance];
  }

  includesBootOf(kernel: PlannedKernel): boolean {
    return this.jobs.some((job) => job.kernel === kernel && job.testCase === BOOT);
  }

  /** Marks a job as ended. @returns whether it was the last one of its kernel */
  finish({ kernel }: Job): boolean {
    const count = (this.#unfinished.get(kernel) ?? 0) - 1;
    this.#unfinished.set(kernel, count);
    return count <= 0;
  }
}

/** Kernel by kernel: its boot, then its cases. Leaves out other shards' jobs and what an earlier run judged. */
function jobsOf(options: RunOptions, known: Durations): Job[] {
  const { kernels, cases, boot, shard, shardDurations, judged = [], keepOrder } = options;
  const inOrder = keepOrder === true ? cases : longestFirst(cases, known);
  const sorted: Job['testCase'][] = [...(boot === undefined ? [] : ([BOOT] as const)), ...inOrder];
  const all = kernels.flatMap((kernel) =>
    sorted.map((testCase) => {
      const name = testCase === BOOT ? BOOT : testCase.name;
      const machine = testCase === BOOT ? bootMachine(options) : testCase.machine;
      const share = shard === undefined ? '' : shareKey(kernel, name, shard);
      return { kernel, testCase, machine, key: share, job: jobKey(kernel, name), name };
    }),
  );
  const done = new Set(judged.map(({ result }) => jobKey(result.kernel, result.case)));
  const parts = shard === undefined ? undefined : partsOf(all, shard, shardDurations);
  return all.filter(({ key, job }) => !done.has(job) && parts?.get(key) === shard?.index);
}

/** The default machine where a case needs it; else that of a case, so that no guest is booted only for this. A boot has no schedule. */
function bootMachine({ cases, machine = DEFAULT_MACHINE }: RunOptions): Machine {
  const machines = cases.map((one) => withoutSchedule(one.machine));
  return machines.find(isDefaultMachine) ?? machines[0] ?? withoutSchedule(machine);
}

/** The boot belongs to the shard of the kernel's first case by name, so that no shard boots a kernel only to judge the boot. */
function partsOf(
  jobs: readonly (Job & Share)[],
  { count }: Shard,
  durations: Durations | undefined,
): ReadonlyMap<string, number> {
  const ofCases = jobs.filter(({ testCase }) => testCase !== BOOT);
  if (ofCases.length === 0) return divide(jobs, count, durations);
  const parts = new Map(divide(ofCases, count, durations));
  for (const { kernel, testCase, key } of jobs) {
    if (testCase !== BOOT) continue;
    const [first] = ofCases.filter((job) => job.kernel === kernel).sort((a, b) => (a.key < b.key ? -1 : 1));
    const part = first === undefined ? undefined : parts.get(first.key);
    if (part !== undefined) parts.set(key, part);
  }
  return parts;
}
