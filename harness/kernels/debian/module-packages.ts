import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { storeTree } from '../modules/stored-tree.ts';
import { archiveNamed } from '../sources/archive.ts';
import { type AptOptions, apt } from './apt.ts';
import { parseSizes } from './catalogue.ts';
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
    for (const name of await packagesWithModules(kernel.package, signal)) {
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
 * Of Debian from 7.2 on they are in linux-modules, and the lists of what is built in, in linux-base. Of a declared source they can be in
 * several packages: Ubuntu has linux-modules and linux-modules-extra.
 */
async function packagesWithModules(name: string, signal: AbortSignal | undefined): Promise<string[]> {
  const [, source, own = name] = /^([a-z][a-z0-9-]*):(.*)$/s.exec(name) ?? [];
  const others = (starts: readonly string[]) => starts.map((start) => own.replace(IMAGE_PACKAGE, `linux-${start}-`));
  if (source === undefined) return own.startsWith('linux-binary-') ? others(['modules', 'base']) : [own];
  const possible = [own, ...others(['modules', 'modules-extra'])];
  const archive = await archiveNamed(source);
  const { stdout } = await apt('apt-cache', ['show', ...possible], { signal, archive });
  const published = parseSizes(stdout);
  return possible.filter((one) => published.has(one)).map((one) => `${source}:${one}`);
}

const IMAGE_PACKAGE = /^linux-(binary|image-unsigned|image)-/;
