import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cachePath } from '../cache/folder.ts';
import { endUse } from '../cache/use.ts';
import type { KconformError } from '../errors/error.ts';
import type { GuestMachine } from '../guest/guest-machine.ts';
import { type Limits, limitsFor } from '../guest/limits/limits.ts';
import { type AcceleratorChoice, chooseAccelerator, qemuVersion } from '../guest/qemu/accelerator.ts';
import type { Accelerator } from '../guest/qemu/machine.ts';
import type { LoginKind } from '../guest/ssh/rehearsal.ts';
import type { BootRecord } from '../guest/template/boot-record.ts';
import { Template } from '../guest/template/template.ts';
import { keyOf } from '../guest/template/template-key.ts';
import { verifyImages } from '../guest/template/verify-images.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { OracleProof } from '../oracles/canaries.ts';
import { clearLeaks } from '../oracles/kmemleak.ts';
import { proveOracles } from './case/oracle-proof.ts';
import type { HostFacts } from './events.ts';
import { type GuestKind, KernelMachines } from './kernel-machines.ts';
import type { GuestPackages } from './machine-parts.ts';
import { CloneSource } from './pool/clone-source.ts';
import { ColdSource } from './pool/cold-source.ts';
import { scheduleError } from './schedule/refusals.ts';

/** `clone`: a copy-on-write clone of a booted guest for each case; `cold`: a boot for each case. */
export type Isolation = 'clone' | 'cold';

/** Starts pristine guests of one kernel on one machine. */
export interface GuestSource {
  /** How long it took to make the first guest possible, in milliseconds. */
  readonly readyMs: number;
  /** Memory of each guest, in MiB. */
  readonly memoryMiB: number;
  /** Debian packages in each guest; undefined without any. */
  readonly packages: GuestPackages | undefined;
  /** Whether the oracles work on this kernel. */
  readonly proof: OracleProof;
  /** See Environment.guestKey; undefined where the guests so far are not all of one template. */
  key(): string | undefined;
  start(signal: AbortSignal): Promise<GuestMachine>;
  /** The boots behind these guests so far: that of the template, or one for each guest. */
  boots(): readonly BootRecord[];
}

/** A name of guests that are alike. */
export interface GuestKey {
  readonly key: string;
  readonly packages: GuestPackages | undefined;
}

type Progress = (message: string) => void;

/**
 * Chooses the accelerator and prepares what the guests of all kernels share.
 * @param sample a kernel to try the accelerator with
 * @param asked the accelerator that the user wants
 */
export async function prepareEnvironment(
  sample: Kernel,
  asked: Accelerator | undefined,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Environment> {
  const qemu = await qemuVersion(cachePath('qemu.json'), signal);
  const machines = await KernelMachines.prepare(qemu);
  const choice: AcceleratorChoice =
    asked === undefined
      ? await chooseAccelerator(
          cachePath('accelerator.json'),
          await machines.sampleOf(sample),
          qemu,
          sample.package !== null,
          progress,
          signal,
        )
      : { accelerator: asked, reason: 'asked for with --accel' };
  return new Environment(machines, choice, qemu);
}

/** What the guests of all kernels share in one run. */
export class Environment {
  readonly host: HostFacts;
  readonly limits: Limits;
  readonly #machines: KernelMachines;
  readonly #accelerator: Accelerator;
  /** Kernels in use, by the hash of the image: several kernels can have the same. */
  readonly #users = new Map<string, Set<Kernel>>();
  /** Folders of templates, by the hash of the image. */
  readonly #folders = new Map<string, Set<string>>();

  constructor(machines: KernelMachines, { accelerator, reason }: AcceleratorChoice, qemu: string) {
    this.host = { qemu, cpus: availableParallelism(), accelerator, acceleratorReason: reason };
    this.limits = limitsFor(accelerator);
    this.#machines = machines;
    this.#accelerator = accelerator;
  }

  /** Why a case does not apply to the kernel on its machine; undefined when it does. */
  unmet(kind: GuestKind, progress: Progress, signal: AbortSignal): Promise<string | undefined> {
    return this.#machines.unmet(kind, { progress, signal });
  }

  /** The name of all that the clones of that kernel on that machine are made of, and of the program that runs them. */
  async guestKey(kind: GuestKind, progress: Progress, signal: AbortSignal): Promise<GuestKey> {
    const { packages, ...own } = await this.#machines.inputsFor(kind, this.#accelerator, { progress, signal });
    return { key: keyOf({ ...own, login: loginKind() }), packages };
  }

  /** The frozen guest, which is made if it is missing. */
  async templateOf(kind: GuestKind, progress: Progress, signal: AbortSignal, login = loginKind()): Promise<Template> {
    return (await this.#frozen(kind, progress, signal, login)).template;
  }

  async #frozen(kind: GuestKind, progress: Progress, signal: AbortSignal, login: LoginKind) {
    const { kernel } = kind;
    this.#users.set(kernel.sha256, (this.#users.get(kernel.sha256) ?? new Set()).add(kernel));
    const { packages, ...own } = await this.#machines.inputsFor(kind, this.#accelerator, { progress, signal });
    const inputs = { ...own, login };
    const template = await Template.obtain(cachePath('templates'), inputs, {
      limits: this.limits,
      signal,
      progress,
      prepare: (control) => clearLeaks(control, sleep),
    });
    this.#folders.set(kernel.sha256, (this.#folders.get(kernel.sha256) ?? new Set()).add(template.folder));
    return { template, packages };
  }

  /** Makes such guests possible: makes their template, or checks the kernel's images, and tries the oracles on them. */
  async guestsOf(kind: GuestKind, isolation: Isolation, progress: Progress, signal: AbortSignal): Promise<GuestSource> {
    const startedAt = performance.now();
    const { kernel, machine } = kind;
    if (machine?.schedule !== undefined) throw noGuestToReach();
    const { source, memo, memoryMiB, packages, key } = await this.#open(kind, isolation, progress, signal);
    const start = (caseSignal: AbortSignal) => source.start(this.limits, caseSignal);
    const proof = await proveOracles(memo, () => start(signal), this.limits, signal, kernel.leakModule);
    const readyMs = isolation === 'cold' ? 0 : Math.round(performance.now() - startedAt);
    const boots = () => source.boots();
    return { readyMs, memoryMiB, packages, proof, start, boots, key: () => (boots().length === 1 ? key : undefined) };
  }

  /** Ends the use of a kernel's frozen guests, which may then be removed from the cache. */
  async release(kernel: Kernel): Promise<void> {
    const users = this.#users.get(kernel.sha256);
    users?.delete(kernel);
    if (users?.size !== 0) return;
    for (const folder of this.#folders.get(kernel.sha256) ?? []) await endUse(folder);
  }

  /** `memo`: where the proof of the oracles is kept. */
  async #open(kind: GuestKind, isolation: Isolation, progress: Progress, signal: AbortSignal) {
    if (isolation === 'cold') {
      const inputs = await this.#machines.inputsFor(kind, this.#accelerator, { progress, signal });
      await verifyImages(inputs);
      const { memoryMiB } = inputs.spec;
      const { packages } = inputs;
      return { source: new ColdSource(inputs.spec), memo: undefined, memoryMiB, packages, key: undefined };
    }
    const { template, packages } = await this.#frozen(kind, progress, signal, loginKind());
    const again = async () => {
      progress(`the cache was removed during the run: the frozen guest of ${kind.kernel.version} is made again`);
      return this.templateOf(kind, progress, signal);
    };
    const { memoryMiB } = template.spec;
    const memo = join(template.folder, 'oracles.json');
    const key = basename(template.folder);
    return { source: new CloneSource(template, again), memo, memoryMiB, packages, key };
  }
}

function noGuestToReach(): KconformError {
  return scheduleError(
    'this command needs SSH, which a guest with a schedule does not have',
    'leave out the schedule; run, repro, and shell with a command can have one (docs/deterministic.md)',
  );
}

/** Both give the same verdicts; see guest/ssh/prelogin. */
function loginKind(): LoginKind {
  return process.env.KCONFORM_LOGIN === 'own' ? 'own' : 'recorded';
}
