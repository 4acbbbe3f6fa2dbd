import type { Blame, Evidence } from '../errors.ts';
import type { Judgement } from '../expect/judge.ts';
import type { Verdict } from '../expect/outcome.ts';
import type { Kernel } from '../kernels/kernel.ts';

export type KernelIdentity = Pick<Kernel, 'spec' | 'version' | 'package'>;

/** What an unexpected result came to when it was looked at again. */
export interface Retry {
  readonly isolation: 'clone' | 'cold';
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly blame?: Blame;
  readonly reason?: string;
  readonly observations: Judgement['observations'];
  readonly oracles: Judgement['oracles'];
}

/** What was judged, and what a reader needs to see it again. */
export interface CaseResult {
  readonly kernel: KernelIdentity;
  /** `bpffs/mount-owner` */
  readonly case: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly blame?: Blame;
  readonly reason?: string;
  readonly fix?: string;
  readonly observations: Judgement['observations'];
  readonly oracles: Judgement['oracles'];
  /** Where it was looked at again: whatever these say, the verdict stays that of the first guest. */
  readonly retries?: readonly Retry[];
  /** The console lines of that moment and the file with the whole log. */
  readonly evidence?: Evidence;
  /** What to do about it, from the error that ended the case. */
  readonly hint?: string;
  /** The command that runs this one case on this one kernel again. */
  readonly rerun: string;
}

export interface HostFacts {
  /** QEMU's version. */
  readonly qemu: string;
  readonly cpus: number;
  /** `kvm` or `tcg` */
  readonly accelerator: string;
  readonly acceleratorReason: string;
}

export interface RunStarted {
  readonly type: 'run-started';
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** kconform's own version. */
  readonly kconform: string;
  readonly host: HostFacts;
  /** How much there is to do; the terminal leaves the kernel out of each line when there is but one. */
  readonly plan?: { readonly kernels: number; readonly cases: number };
}

export type RunEvent =
  | RunStarted
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'kernel-ready'; readonly kernel: KernelIdentity; readonly ms: number }
  | { readonly type: 'case-started'; readonly kernel: KernelIdentity; readonly case: string }
  | {
      readonly type: 'case-finished';
      readonly kernel: KernelIdentity;
      readonly result: CaseResult;
      /** What the guest's console said while the case ran. */
      readonly console: string;
      /** What the scenario did and observed: shell commands, system calls, observations. */
      readonly transcript: string;
    }
  | { readonly type: 'run-finished'; readonly durationMs: number; readonly interrupted: boolean };

/** Consumes the events of a run, in order; it cannot change a verdict. */
export interface Reporter {
  on(event: RunEvent): void | Promise<void>;
}
