import type { Blame, Evidence } from '../errors/error.ts';
import type { Judgement } from '../expect/judge/judge.ts';
import type { Verdict } from '../expect/outcome.ts';
import type { Skip } from '../expect/program/skips.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestPackages } from './machine-parts.ts';
import type { Shard } from './pool/shard.ts';

/** Which kernel it is; SHA-256 of its image where the kernel was there to be read. */
export type KernelIdentity = Pick<Kernel, 'id' | 'spec' | 'version' | 'package'> & Partial<Pick<Kernel, 'sha256'>>;

/** Identifies one case on one kernel. */
export function jobKey(kernel: Pick<KernelIdentity, 'id'>, name: string): string {
  return `${kernel.id}\n${name}`;
}

/** All that is to be judged: by this run, or where it is one of several parts by all of them together. */
export interface Planned {
  readonly kernels: readonly KernelIdentity[];
  readonly cases: readonly string[];
  /** A hash of what each case consists of. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly shard?: Shard;
}

/** The result of repeating a case with an unexpected verdict. */
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
  /** Absent for the default machine. */
  readonly machine?: Machine;
  /** Debian packages in the guest, if the machine has any. */
  readonly packages?: GuestPackages;
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly blame?: Blame;
  readonly reason?: string;
  readonly fix?: string;
  readonly observations: Judgement['observations'];
  readonly oracles: Judgement['oracles'];
  /** What a program skipped although the expectation does not list it. */
  readonly skips?: readonly Skip[];
  /** Repetitions. They do not change the verdict, which is that of the first guest. */
  readonly retries?: readonly Retry[];
  /**
   * For a race: how often it was run until it showed, and the schedule of these runs if they had one. Where it did not show, that
   * proves nothing.
   */
  readonly race?: { readonly attempts: number; readonly schedule?: number };
  /** Where it was not run: when what was judged was observed (ISO 8601, UTC). */
  readonly reused?: { readonly at: string };
  /** An earlier outcome of the same inputs, judged anew, that this one does not agree with. */
  readonly earlier?: { readonly at: string; readonly verdict: Verdict; readonly reason?: string };
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
  readonly planned?: Planned;
}

export type RunEvent =
  | RunStarted
  | { readonly type: 'progress'; readonly message: string }
  /** What an author should read although nothing failed: warnings of the C compiler, with the case's name. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'kernel-ready'; readonly kernel: KernelIdentity; readonly ms: number }
  | { readonly type: 'case-started'; readonly kernel: KernelIdentity; readonly case: string }
  /** A later one of the same case on the same kernel replaces the earlier one: the boot of a kernel may fail after it has passed. */
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
