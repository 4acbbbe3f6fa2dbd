import { dirname } from 'node:path';
import { cachePath } from '../cache/folder.ts';
import { useUntilEnd } from '../cache/use.ts';
import type { Kernel } from './kernel.ts';

/** Keeps a kernel of the cache from being given up while this process runs. @returns false if it is gone */
export async function useKernel({ vmlinux }: Pick<Kernel, 'vmlinux'>): Promise<boolean> {
  const folder = dirname(vmlinux);
  if (dirname(folder) !== cachePath('kernels')) return true; // a file of the user's own
  return useUntilEnd(folder);
}
