import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuiltTarget } from './build-target.ts';

/** exec/load_address.0x1000000 has 50 MB of padding; everything in the common archive takes memory of every guest. */
const LARGE_BYTES = 4 * 2 ** 20;

/** Moves test programs of several MB out of the tree that all guests have, so that only their own tests bring them. */
export async function separateLarge(targets: readonly BuiltTarget[], from: string, to: string): Promise<void> {
  for (const { target, programs } of targets) {
    for (const { name, missing } of programs) {
      const path = join(from, target, name);
      if (missing !== undefined || (await stat(path)).size < LARGE_BYTES) continue;
      await mkdir(dirname(join(to, target, name)), { recursive: true });
      await rename(path, join(to, target, name));
    }
  }
}
