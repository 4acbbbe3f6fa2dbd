import { totalmem } from 'node:os';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { makeInUse } from '../cache/use.ts';
import { KconformError } from '../errors/error.ts';
import { buildInitramfs } from '../guest/initramfs/initramfs.ts';
import { type KernelParts, readDrivers, withKernelParts } from '../guest/initramfs/modules.ts';
import { commandLineFor } from '../guest/qemu/command-line.ts';
import type { Accelerator, MachineSpec } from '../guest/qemu/machine.ts';
import type { TemplateInputs } from '../guest/template/template-key.ts';
import { cacheRemoved } from '../guest/template/verify-images.ts';
import { readConfigText } from '../kernels/config.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { useKernel } from '../kernels/use-kernel.ts';
import { compareVersions, upstreamVersion } from '../kernels/version.ts';
import { DEFAULT_MACHINE, type Machine, memoryMiB } from '../machine/machine.ts';
import { type MachineModules, modulesFor } from './machine-modules.ts';
import { type GuestPackages, modulesOf, partsFor } from './machine-parts.ts';

/** Enough for a published kernel, our initramfs and a small case; a template's file holds only the pages that were written. */
const MEMORY_MIB = 256;
const MIB = 2 ** 20;
/**
 * A first check, far below what a guest needs: beside archives of 862 MiB, 88 MiB more were too few. What passes it and is too small
 * makes the guest end with KC_GUEST_MEMORY.
 */
const LEAST_BESIDE_MIB = 64;
/** The first version with kmalloc_nolock; on 7.3.4 arena maps end with ENOMEM if the machine lacks the instruction. */
const NEEDS_CMPXCHG16B = '6.18';

type Initramfs = Awaited<ReturnType<typeof buildInitramfs>>;

/** Which guests: of that kernel, on that machine (default: the default machine). */
export interface GuestKind {
  readonly kernel: Kernel;
  readonly machine?: Machine;
}

/** What a template is made of, and what results say of the guests. */
export interface MachineInputs extends TemplateInputs {
  readonly packages: GuestPackages | undefined;
}

/** Describes the machines on which kernels are booted. */
export class KernelMachines {
  readonly #initramfs: Initramfs;
  readonly #cache: { readonly cache: string };
  readonly #qemu: string;
  readonly #modules = new Map<string, Promise<MachineModules>>();

  private constructor(initramfs: Initramfs, cache: { readonly cache: string }, qemu: string) {
    this.#initramfs = initramfs;
    this.#cache = cache;
    this.#qemu = qemu;
  }

  /** @param qemu version and path of QEMU */
  static async prepare(qemu: string): Promise<KernelMachines> {
    const cache = { cache: await ensureFolder(cachePath('initramfs')) };
    return new KernelMachines(await makeInUse(() => buildInitramfs(cache)), cache, qemu);
  }

  /**
   * Why a case does not apply to the kernel: a module that its machine asks for is not configured. Undefined when it does.
   * @throws as modulesFor, for any other reason
   */
  async unmet({ kernel, machine = DEFAULT_MACHINE }: GuestKind, options: AptOptions): Promise<string | undefined> {
    try {
      await this.#modulesOf(kernel, machine, options);
      return undefined;
    } catch (error) {
      if (error instanceof KconformError && error.code === 'KC_MODULE_MISSING') return error.message;
      throw error;
    }
  }

  /** Looked for once: several cases share a machine, and each asks whether it applies before its guest is started. */
  #modulesOf(kernel: Kernel, machine: Machine, options: AptOptions): Promise<MachineModules> {
    const names = modulesOf(machine);
    const key = `${kernel.id} ${JSON.stringify(names)}`;
    const found = this.#modules.get(key) ?? modulesFor(kernel, names, options);
    this.#modules.set(key, found);
    found.catch(() => this.#modules.delete(key)); // a download may succeed the next time; the caller has the error
    return found;
  }

  /**
   * Memory of such a guest, in MiB: what was asked for, or what the default machine has and the archives take; never less than the
   * kernel needs.
   */
  #memoryOf({ kernel, machine = DEFAULT_MACHINE }: GuestKind, archivesMiB: number): number {
    const asked = machine.memory === undefined ? undefined : memoryMiB(machine.memory);
    if (asked !== undefined && asked < archivesMiB + LEAST_BESIDE_MIB) throw tooSmall(asked, archivesMiB);
    const usual = Math.max(MEMORY_MIB, kernel.machine?.memoryMiB ?? 0) + archivesMiB;
    return Math.max(asked ?? usual, kernel.machine?.memoryMiB ?? 0);
  }

  /** @throws KC_NO_MEMORY (host): a guest that touched all of it would be killed with the host's other processes */
  #checkMemory(memory: number): number {
    const hostMiB = Math.floor(totalmem() / MIB);
    if (memory < hostMiB) return memory;
    throw new KconformError(`the machine has ${memory} MiB of memory, and this host only ${hostMiB} MiB`, {
      code: 'KC_NO_MEMORY',
      blame: 'host',
      hint: 'ask for less with --memory, or run it on a larger host',
    });
  }

  /** The machine on which an accelerator is tried with the kernel. */
  async sampleOf(kernel: Kernel): Promise<Omit<MachineSpec, 'accelerator'>> {
    const initramfs = await this.#initramfsWith({ modules: await readDrivers(kernel.modules ?? []) });
    const commandLine = commandLineFor('kvm');
    return { memoryMiB: MEMORY_MIB, cpus: 1, initramfs, commandLine, vmlinux: kernel.vmlinux };
  }

  /** @throws as partsFor */
  async inputsFor(kind: GuestKind, accelerator: Accelerator, options: AptOptions = {}): Promise<MachineInputs> {
    const { kernel, machine = DEFAULT_MACHINE } = kind;
    if (!(await useKernel(kernel))) throw cacheRemoved(kernel.vmlinux);
    const parts = await partsFor(machine, await this.#modulesOf(kernel, machine, options), options);
    const initramfs = await this.#initramfsWith(
      { modules: parts.modules, ...(await configOf(kernel)) },
      parts.packagePrograms,
    );
    const spec: MachineSpec = {
      memoryMiB: this.#checkMemory(this.#memoryOf(kind, parts.archivesMiB)),
      cpus: machine.cpus ?? kernel.machine?.cpus ?? 1,
      initramfs,
      commandLine: commandLineFor(accelerator, [...parts.kernelParameters, ...(machine.kernelParameters ?? [])]),
      accelerator,
      vmlinux: kernel.vmlinux,
      needsCmpxchg16b: compareVersions(upstreamVersion(kernel), NEEDS_CMPXCHG16B) >= 0,
      ...parts.devices,
    };
    const { packages } = parts;
    return { spec, kernelSha256: kernel.sha256, initramfsSha256: initramfs.sha256, qemu: this.#qemu, packages };
  }

  async #initramfsWith(parts: KernelParts, packagePrograms?: readonly string[]): Promise<Initramfs> {
    try {
      return await makeInUse(async () => {
        const own =
          packagePrograms === undefined ? this.#initramfs : await buildInitramfs({ ...this.#cache, packagePrograms });
        return withKernelParts(own, parts, this.#cache);
      });
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      throw isMissing ? cacheRemoved(this.#initramfs.path, error) : error;
    }
  }
}

async function configOf(kernel: Kernel): Promise<Pick<KernelParts, 'config'>> {
  const text = await readConfigText(kernel);
  return text === undefined ? {} : { config: { release: kernel.version, text } };
}

function tooSmall(asked: number, archivesMiB: number): KconformError {
  return new KconformError(
    `${asked} MiB of memory are too few for the packages and files, which take ${archivesMiB} MiB`,
    {
      code: 'KC_GUEST_MEMORY',
      blame: 'case',
      hint: 'leave the memory out: it then grows by what they take',
    },
  );
}
