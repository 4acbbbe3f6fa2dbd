import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { storeTree } from '../modules/stored-tree.ts';
import type { AptOptions } from './apt.ts';
import { corrupt, downloadPackage, MODULE_FILES, unpackDeb } from './download.ts';

/**
 * Fetches the modules of a published kernel into the cache.
 * @param tree the folder where they are kept
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_TOOL_MISSING, KC_INTERRUPTED
 */
export async function fetchModules(
  kernel: { readonly version: string; readonly package: string },
  tree: string,
  { signal, progress }: AptOptions,
): Promise<void> {
  const scratch = `${tree}-download`;
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await ensureFolder(join(scratch, 'content'));
    progress?.(`downloading the modules of ${kernel.version}`);
    for (const name of packagesWithModules(kernel.package)) {
      const deb = await downloadPackage(name, scratch, signal);
      await unpackDeb(deb, join(scratch, 'content'), MODULE_FILES);
    }
    progress?.(`unpacking the modules of ${kernel.version}`);
    const folder = ['usr/lib/modules', 'lib/modules']
      .map((path) => join(scratch, 'content', path, kernel.version))
      .find((path) => existsSync(path));
    if (folder === undefined) throw corrupt(kernel.package, `it has no modules of ${kernel.version}`);
    await storeTree(folder, tree);
  } catch (error) {
    throw storageError(error, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Of Debian from 7.2 on they are in linux-modules, and the lists of what is built in, in linux-base. Ubuntu has some in
 * linux-modules-extra; of a declared source it is not known which packages there are.
 */
function packagesWithModules(name: string): string[] {
  if (!name.includes('linux-binary-')) return [name];
  return ['linux-modules-', 'linux-base-'].map((start) => name.replace('linux-binary-', start));
}
