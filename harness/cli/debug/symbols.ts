import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Kernel } from '../../kernels/kernel.ts';

/** An image with debug information for gdb, and the kernel's own gdb scripts where its build tree has them. */
export interface DebugImage {
  readonly image: string | undefined;
  readonly scripts: string | undefined;
  /** Why there is no image. */
  readonly missing: string | undefined;
}

/** @param kernel resolved with symbols */
export function debugImage({ symbols, spec }: Kernel): DebugImage {
  if (typeof symbols === 'string') return { image: symbols, scripts: undefined, missing: undefined };
  const tree = resolve(spec);
  const vmlinux = join(tree, 'vmlinux');
  if (statSync(tree, { throwIfNoEntry: false })?.isDirectory() === true && existsSync(vmlinux)) {
    const scripts = join(tree, 'vmlinux-gdb.py');
    return { image: vmlinux, scripts: existsSync(scripts) ? scripts : undefined, missing: undefined };
  }
  return { image: undefined, scripts: undefined, missing: symbols?.missing ?? 'this kernel has none' };
}

/** The command for another terminal. */
export function attachCommand(socket: string, { image, scripts }: DebugImage): string {
  const words = [
    'gdb',
    ...(image === undefined ? [] : [image]),
    '-ex',
    `target remote ${socket}`,
    ...(scripts === undefined ? [] : ['-ex', `source ${scripts}`]),
  ];
  return words.map(quoted).join(' ');
}

/** The commands that open a dump: none without debug information, and drgn only where it can. */
export function openCommands(dump: string, { image }: DebugImage, hasVmcoreinfo: boolean): string[] {
  if (image === undefined) return [];
  const crash = ['crash', image, dump];
  const drgn = ['drgn', '-c', dump, '-s', image];
  return [crash, ...(hasVmcoreinfo ? [drgn] : [])].map((words) => words.map(quoted).join(' '));
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
