import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import { GuestMachine } from '../../guest/guest-machine.ts';
import { buildInitramfs } from '../../guest/initramfs/initramfs.ts';
import { readDrivers, withKernelParts } from '../../guest/initramfs/modules.ts';
import { limitsFor } from '../../guest/limits/limits.ts';
import { commandLineFor } from '../../guest/qemu/command-line.ts';
import type { Kernel } from '../kernel.ts';
import { findModules } from './find-modules.ts';

/** What a guest says after it booted the kernel and loaded the modules. */
export interface Loaded {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** /proc/modules */
  readonly modules: string;
  readonly taint: number;
}

/** Boots the kernel under software emulation and loads modules of its own, its drivers first. */
export async function bootWithModules(kernel: Kernel, names: readonly string[]): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-load-modules-'));
  try {
    const { modules } = await findModules(kernel, names);
    const drivers = await readDrivers(kernel.modules ?? []);
    const plain = await buildInitramfs({ cache: await ensureFolder(cachePath('initramfs')) });
    const initramfs = await withKernelParts(plain, { modules: [...drivers, ...modules] }, { cache: folder });
    const machine = { memoryMiB: 256, cpus: 1, ...kernel.machine, commandLine: commandLineFor('tcg') };
    const spec = { ...machine, accelerator: 'tcg' as const, vmlinux: kernel.vmlinux, initramfs };
    await using guest = await GuestMachine.boot(spec, limitsFor('tcg'));
    const read = async (path: string) => (await guest.control.readFile(path)).text.trim();
    const release = await read('/proc/sys/kernel/osrelease');
    return { release, modules: await read('/proc/modules'), taint: guest.healthBefore.taint };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
