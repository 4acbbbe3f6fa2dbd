import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import type { AptOptions } from '../debian/apt.ts';
import { fetchModules } from '../debian/module-packages.ts';
import { decompressed } from '../image.ts';
import type { Kernel } from '../kernel.ts';
import { readTree, readUserTree, storedTreeOf } from './stored-tree.ts';
import type { TreeIndex, TreeModule } from './tree-index.ts';

const NOTHING: TreeIndex = { modules: [], builtin: null, unreadable: [] };

/** The modules of one kernel, wherever they are, as long as they are read. */
export class KernelTree {
  readonly index: TreeIndex;
  /** Where they were looked for, for messages. */
  readonly place: string;
  readonly #folder: string;

  private constructor(index: TreeIndex, folder: string, place = folder) {
    this.index = index;
    this.#folder = folder;
    this.place = place;
  }

  /**
   * Opens the modules of a kernel for the duration of a call. A tree of the cache of which a file was damaged is fetched anew.
   * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_TOOL_MISSING, KC_INTERRUPTED
   */
  static async use<T>(kernel: Kernel, options: AptOptions, body: (tree: KernelTree) => Promise<T>): Promise<T> {
    const { signal, progress } = options;
    const folder = storedTreeOf(kernel.vmlinux);
    if (kernel.package === null && kernel.moduleFolder !== folder) return body(await KernelTree.#ofUser(kernel));
    if (kernel.package === null) return body(await KernelTree.#fromCache(folder));
    const before = await KernelTree.#stored(folder, progress, body);
    if (before !== undefined) return before.result;
    const published = { ...kernel, package: kernel.package };
    const awaited = `another run that fetches the modules of ${kernel.version}`;
    const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
    return withLock(`${folder}.lock`, lock, async () => {
      const meanwhile = await KernelTree.#stored(folder, undefined, body);
      if (meanwhile !== undefined) return meanwhile.result;
      await fetchModules(published, folder, options);
      return body(await KernelTree.#fromCache(folder));
    });
  }

  /** undefined where there is no tree, or a file that was read is not the one that was written. */
  static async #stored<T>(
    folder: string,
    progress: AptOptions['progress'],
    body: (tree: KernelTree) => Promise<T>,
  ): Promise<{ readonly result: T } | undefined> {
    const index = await readTree(folder);
    if (index === undefined) return undefined;
    try {
      return { result: await body(new KernelTree(index, folder)) };
    } catch (error) {
      if (!(error instanceof KconformError && error.code === 'KC_MODULE_FILE')) throw error;
      progress?.(`${error.message}: it is not used`);
      return undefined;
    }
  }

  /** One that cannot be fetched anew here. */
  static async #fromCache(folder: string): Promise<KernelTree> {
    const index = await readTree(folder);
    if (index === undefined) throw damaged(folder);
    return new KernelTree(index, folder);
  }

  static async #ofUser(kernel: Kernel): Promise<KernelTree> {
    if (kernel.moduleFolder === undefined) {
      return new KernelTree(NOTHING, '', `no modules are known for ${kernel.spec}`);
    }
    return new KernelTree(await readUserTree(kernel.moduleFolder, dirname(kernel.vmlinux)), kernel.moduleFolder);
  }

  /** The uncompressed module. */
  async read({ file, sha256 }: TreeModule): Promise<Buffer> {
    const path = join(this.#folder, file);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined || (sha256 !== undefined && createHash('sha256').update(bytes).digest('hex') !== sha256)) {
      throw damaged(path);
    }
    return decompressed(bytes, path);
  }
}

function damaged(path: string): KconformError {
  return new KconformError(`${path} was damaged or changed while its kernel was in use`, {
    code: 'KC_MODULE_FILE',
    blame: 'host',
    hint: 'run again; where the kernel is your own, build or unpack it again',
  });
}
