import { join, relative } from 'node:path';
import { execa } from 'execa';
import { unpackedSources } from './source.ts';

/** Folders of the source in which the functions of a stack are looked for. Drivers would take ten times as long. */
const FOLDERS = ['kernel', 'fs', 'mm', 'net', 'ipc', 'security', 'io_uring', 'block', 'lib', 'crypto'];

/**
 * The files of a kernel's source that define a function of a stack: `fs/proc/task_mmu.c` for `pagemap_scan_pmd_entry`. Reads the newest
 * source that is in the cache, and downloads none: a function seldom moves within a series.
 * @param names innermost first; the first that is found counts
 */
export async function filesOfFunctions(names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const [source] = await unpackedSources();
  if (source === undefined) return [];
  const folders = FOLDERS.map((folder) => join(source.tree, folder));
  for (const name of names.filter((one) => /^\w+$/.test(one))) {
    // A definition begins at the margin; a call is indented, and a declaration ends with a semicolon.
    const pattern = `^[A-Za-z_].*\\b${name}\\([^;]*$`;
    const words = ['-rlE', '--include=*.c', pattern, ...folders];
    const found = await execa('grep', words, { reject: false, cancelSignal: signal });
    const files = String(found.stdout ?? '')
      .split('\n')
      .filter((line) => line !== '');
    if (files.length > 0) return files.map((file) => relative(source.tree, file)).sort();
  }
  return [];
}
