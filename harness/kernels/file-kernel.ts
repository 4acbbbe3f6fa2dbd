import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cachePath, publishFile } from '../cache/folder.ts';
import { withLock } from '../cache/lock.ts';
import { KconformError } from '../errors/error.ts';
import type { AptOptions } from './debian/apt.ts';
import { fitKernel } from './fitness.ts';
import { readImage } from './image.ts';
import type { Kernel } from './kernel.ts';
import { kernelId } from './kernel-id.ts';
import { storedKernel, storeImage } from './stored-image.ts';

/**
 * A kernel that the user named by its path; its uncompressed image is kept in the cache under the file's hash, beside the
 * `config-RELEASE` that distributions put next to an image.
 * @throws KC_NO_SUCH_KERNEL, KC_NOT_A_KERNEL, KC_NO_PVH_ENTRY, KC_KERNEL_UNFIT, KC_TOOL_MISSING, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function kernelFromFile(
  file: string,
  spec: string,
  { signal, progress }: AptOptions = {},
): Promise<Kernel> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const hash = createHash('sha256').update(bytes).digest('hex');
  const path = cachePath('kernels', `file-${hash.slice(0, 32)}`, 'vmlinux');
  const before = await storedKernel(path, null, spec, progress);
  if (before !== undefined) return fitKernel(before);
  const lock = {
    awaited: `another run that unpacks ${file}`,
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  return withLock(join(dirname(path), 'lock'), lock, async () => {
    const { vmlinux, version } = await readImage(bytes, file);
    const config = join(dirname(file), `config-${version}`);
    // No such file: the image may tell its configuration itself.
    await publishFile(`${path}.config`, (to) => copyFile(config, to)).catch(() => undefined);
    await storeImage(path, vmlinux, version);
    const sha256 = createHash('sha256').update(vmlinux).digest('hex');
    const own = { version, package: null, sha256 };
    return fitKernel({ id: kernelId(own), spec, ...own, vmlinux: path });
  });
}

function unreadable(file: string, cause: unknown): KconformError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code ?? cause);
  return new KconformError(`cannot read the kernel ${file}: ${why}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: 'name a bzImage or vmlinux that you can read, or a version: npx kconform kernels lists them',
    cause,
  });
}
