import { utimes } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { endUse, markUse } from '../cache/use.ts';
import { GuestMachine } from '../guest/guest-machine.ts';
import { buildInitramfs } from '../guest/initramfs/initramfs.ts';
import { withModules } from '../guest/initramfs/modules.ts';
import { type Limits, limitsFor } from '../guest/limits/limits.ts';
import { type AcceleratorChoice, chooseAccelerator, qemuVersion } from '../guest/qemu/accelerator.ts';
import { commandLineFor } from '../guest/qemu/command-line.ts';
import type { Accelerator, MachineSpec } from '../guest/qemu/machine.ts';
import type { LoginKind } from '../guest/ssh/rehearsal.ts';
import type { BootRecord } from '../guest/template/boot-record.ts';
import { Template } from '../guest/template/template.ts';
import { cacheRemoved, verifyImages } from '../guest/template/verify-images.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { compareVersions, upstreamVersion } from '../kernels/version.ts';
import type { OracleProof } from '../oracles/canaries.ts';
import { clearLeaks } from '../oracles/kmemleak.ts';
import { proveOracles } from './case/oracle-proof.ts';
import type { HostFacts } from './events.ts';
import { CloneSource } from './pool/clone-source.ts';

/** Enough for a published kernel, our initramfs and a small case; a template's file holds only what was touched. */
const MEMORY_MIB = 256;
/** The first version with kmalloc_nolock; on 7.3.4 arena maps end with ENOMEM where the machine lacks the instruction. */
const NEEDS_CMPXCHG16B = '6.18';

export type Isolation = 'clone' | 'cold';

/** All that guests of any kernel share in one run. */
export interface Environment {
  readonly host: HostFacts;
  readonly limits: Limits;
  /** Memory of a guest of that kernel, in MiB. */
  memoryOf(kernel: Kernel): number;
  /** Gives what starts pristine guests of a kernel: one template, or a boot each. */
  guestsOf(kernel: Kernel, isolation: Isolation, progress: Progress, signal: AbortSignal): Promise<GuestSource>;
  /** The frozen guest of that kernel, made where there is none. */
  templateOf(kernel: Kernel, progress: Progress, signal: AbortSignal, login?: LoginKind): Promise<Template>;
  /** Says that no guest of that kernel will be wanted any more: its frozen one may be given up. */
  release(kernel: Kernel): Promise<void>;
}

export interface GuestSource {
  readonly readyMs: number;
  /** Whether the oracles see on this kernel. */
  readonly proof: OracleProof;
  start(signal: AbortSignal): Promise<GuestMachine>;
  /** What the boots behind these guests left so far: that of the template, or one for each guest. */
  boots(): readonly BootRecord[];
}

type Progress = (message: string) => void;

/**
 * @param sample a kernel to try the accelerator with
 * @param asked the accelerator that the user insists on
 */
export async function prepareEnvironment(
  sample: Kernel,
  asked: Accelerator | undefined,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Environment> {
  const qemu = await qemuVersion(cachePath('qemu.json'), signal);
  const initramfsCache = { cache: await ensureFolder(cachePath('initramfs')) };
  const initramfs = await buildInitramfs(initramfsCache);
  const initramfsFor = (kernel: Kernel) =>
    withModules(initramfs, kernel.modules ?? [], initramfsCache).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        throw cacheRemoved(initramfs.path, error);
      throw error;
    });
  const base = { memoryMiB: MEMORY_MIB, cpus: 1 };
  const choice: AcceleratorChoice =
    asked === undefined
      ? await chooseAccelerator(
          cachePath('accelerator.json'),
          {
            ...base,
            initramfs: await initramfsFor(sample),
            commandLine: commandLineFor('kvm'),
            vmlinux: sample.vmlinux,
          },
          qemu,
          sample.package !== null,
          progress,
          signal,
        )
      : { accelerator: asked, reason: 'asked for with --accel' };
  const limits = limitsFor(choice.accelerator);
  const machineOf = async (kernel: Kernel) => {
    await useKernel(kernel);
    const own = await initramfsFor(kernel);
    const spec: MachineSpec = {
      ...base,
      ...kernel.machine,
      initramfs: own,
      commandLine: commandLineFor(choice.accelerator),
      accelerator: choice.accelerator,
      vmlinux: kernel.vmlinux,
      needsCmpxchg16b: compareVersions(upstreamVersion(kernel), NEEDS_CMPXCHG16B) >= 0,
    };
    return { spec, kernelSha256: kernel.sha256, initramfsSha256: own.sha256, qemu };
  };
  /** By the hash of the image, of which there may be several kernels. */
  const users = new Map<string, Set<Kernel>>();
  const folders = new Map<string, string>();
  const templateOf: Environment['templateOf'] = async (kernel, onProgress, signal, login = loginKind()) => {
    users.set(kernel.sha256, (users.get(kernel.sha256) ?? new Set()).add(kernel));
    const inputs = { ...(await machineOf(kernel)), login };
    const template = await Template.obtain(cachePath('templates'), inputs, {
      limits,
      signal,
      progress: onProgress,
      prepare: (control) => clearLeaks(control, sleep),
    });
    folders.set(kernel.sha256, template.folder);
    return template;
  };
  return {
    host: { qemu, cpus: availableParallelism(), accelerator: choice.accelerator, acceleratorReason: choice.reason },
    limits,
    memoryOf: (kernel) => kernel.machine?.memoryMiB ?? base.memoryMiB,
    templateOf,
    async release(kernel) {
      users.get(kernel.sha256)?.delete(kernel);
      const folder = folders.get(kernel.sha256);
      if (folder !== undefined && users.get(kernel.sha256)?.size === 0) await endUse(folder);
    },
    async guestsOf(kernel, isolation, onProgress, signal) {
      const startedAt = performance.now();
      const prove = async (
        memory: string | undefined,
        boots: GuestSource['boots'],
        start: GuestSource['start'],
      ): Promise<GuestSource> => {
        const proof = await proveOracles(memory, () => start(signal), limits, signal, kernel.leakModule);
        const readyMs = isolation === 'cold' ? 0 : Math.round(performance.now() - startedAt);
        return { readyMs, proof, start, boots };
      };
      if (isolation === 'cold') {
        const inputs = await machineOf(kernel);
        await verifyImages(inputs);
        const boots: BootRecord[] = [];
        return prove(
          undefined,
          () => boots,
          async (caseSignal) => {
            const bootedAt = performance.now();
            const machine = await GuestMachine.boot(inputs.spec, limits, caseSignal);
            boots.push({ ...machine.boot, ms: Math.round(performance.now() - bootedAt) });
            return machine;
          },
        );
      }
      const template = await templateOf(kernel, onProgress, signal);
      const boots = [template.boot()]; // read at once: the cache may be removed during the run
      const memory = join(template.folder, 'oracles.json');
      const again = async () => {
        onProgress(`the cache was removed during the run: the frozen guest of ${kernel.version} is made anew`);
        const made = await templateOf(kernel, onProgress, signal);
        boots.push(made.boot());
        return made;
      };
      const source = new CloneSource(template, again);
      return prove(
        memory,
        () => boots,
        (caseSignal) => source.start(limits, caseSignal),
      );
    },
  };
}

/** Both give the same verdicts; see guest/ssh/prelogin. */
function loginKind(): LoginKind {
  return process.env.KCONFORM_LOGIN === 'own' ? 'own' : 'recorded';
}

/** Keeps a kernel of the cache from being given up while we run; where the cache cannot be written, nothing is. */
async function useKernel({ vmlinux }: Kernel): Promise<void> {
  const folder = dirname(vmlinux);
  if (dirname(folder) !== cachePath('kernels')) return;
  const now = new Date();
  await markUse(folder)
    .then(() => utimes(folder, now, now))
    .catch(() => undefined);
}
