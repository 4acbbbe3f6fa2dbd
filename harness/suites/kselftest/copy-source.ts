import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What `make headers` and the selftests read of the source. Some Makefiles of the selftests write beside their sources whatever O= says,
 * so that they need a copy of their own; one of the whole source takes 1.7 GB.
 */
const PARTS = [
  'Makefile',
  'Kbuild',
  'Kconfig',
  'arch/Kconfig',
  'arch/x86',
  'include',
  'scripts',
  'usr',
  'tools',
  'samples',
  'lib/rbtree.c',
  'lib/test_hmm_uapi.h',
  'mm/gup_test.h',
];
/** Folders that the top Makefile looks for, not what is in them. */
const EMPTY = ['kernel', 'lib', 'mm', 'net'];

/** Copies the parts of a source that the selftests are built of. */
export async function copySource(from: string, to: string): Promise<void> {
  for (const part of PARTS) {
    await cp(join(from, part), join(to, part), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  }
  for (const folder of EMPTY) await mkdir(join(to, folder), { recursive: true });
}
