import type { BootDeclarations } from '../expect/judge/boot.ts';
import type { Accelerator } from '../guest/qemu/machine.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import type { Machine } from '../machine/machine.ts';
import type { Attempt } from './case/retry.ts';
import type { Case } from './discovery/cases.ts';
import type { Isolation } from './environment.ts';
import type { Reporter } from './events.ts';
import type { Durations } from './pool/durations.ts';
import type { Shard } from './pool/shard.ts';

export interface ReuseOptions {
  /** Whether to use them; they are kept for later runs in any case. */
  readonly read: boolean;
  /** The share of jobs, from 0 to 1, that run although their outcome is kept, to see whether it is still true. */
  readonly recheck: number;
}

export interface RunOptions {
  readonly kernels: readonly PlannedKernel[];
  readonly cases: readonly Case[];
  readonly accelerator: Accelerator | undefined;
  readonly isolation: Isolation;
  /** Known boot failures of the kernels. The boot of each kernel is judged as one more case; not if undefined. */
  readonly boot: BootDeclarations | undefined;
  /** The machine whose boot is judged when there are no cases; default: the default machine. */
  readonly machine?: Machine;
  /** Number of guests that work at the same time; undefined: one for each core. */
  readonly jobs: number | undefined;
  /** Whether to scan for leaks after every case. */
  readonly leaks: boolean;
  /** Whether to repeat a case with an unexpected verdict, in a fresh clone and in a guest booted for it. */
  readonly retry?: boolean;
  /** Take the cases in their order here; otherwise those come first that took longest in earlier runs. */
  readonly keepOrder?: boolean;
  /** Outcomes of earlier runs: neither used nor kept if undefined. */
  readonly reuse?: ReuseOptions;
  /** The part of the cases and kernels to run; default: all of them. */
  readonly shard?: Shard;
  /** Durations of cases from a file that all parts share; the parts then take about the same time. */
  readonly shardDurations?: Durations;
  /** See Planned. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Results of an earlier run, which are taken over unchanged. */
  readonly judged?: readonly Attempt[];
  /** kconform's own version. */
  readonly version: string;
  /** Command-line options that apply to each of the cases: `['--isolation', 'cold']`. */
  readonly ownOptions: readonly string[];
  readonly reporters: readonly Reporter[];
  readonly signal: AbortSignal;
}
