import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { apt } from '../kernels/debian/apt.ts';
import type { ResolvedPackage } from './resolve.ts';
import type { AptView } from './suite.ts';

/** Packages are many and large: half an hour is 64 MB at 36 KB/s. apt itself gives a silent mirror up after seconds. */
const LIMIT_MS = 30 * 60_000;

/**
 * Downloads packages into `archives` in the view's folder. apt checks them against its signed lists.
 * @returns the paths of the packages, in the same order
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_NO_APT, KC_INTERRUPTED, and an error with ENOSPC where the disk is full
 */
export async function downloadPackages(
  names: readonly string[],
  resolved: readonly ResolvedPackage[],
  {
    view,
    folder,
    signal,
  }: { readonly view: AptView; readonly folder: string; readonly signal: AbortSignal | undefined },
): Promise<string[]> {
  const args = [...view.options, 'install', '-q', '--download-only', ...names];
  const { exitCode, stderr } = await apt('apt-get', args, { signal, limitMs: LIMIT_MS });
  if (/No space left/.test(stderr)) throw Object.assign(new Error(stderr), { code: 'ENOSPC' });
  if (/Hash Sum mismatch|unexpected size/.test(stderr)) {
    throw new KconformError(`the download of ${names.join(', ')} is corrupt: a checksum is wrong`, {
      code: 'KC_DOWNLOAD_CORRUPT',
      blame: 'host',
      hint: 'it was discarded; run again',
      evidence: { output: stderr },
    });
  }
  const there = new Set(await readdir(join(folder, 'archives')));
  const missing = resolved.filter(({ file }) => !there.has(file)).map(({ name }) => name);
  if (exitCode !== 0 || missing.length > 0) {
    throw new KconformError(`could not download ${(missing.length > 0 ? missing : names).join(', ')}`, {
      code: 'KC_DOWNLOAD',
      blame: 'host',
      hint: 'check the network; npx kconform packages --refresh NAME updates the package lists, which name versions that mirrors drop',
      evidence: { output: stderr },
    });
  }
  return resolved.map(({ file }) => join(folder, 'archives', file));
}
