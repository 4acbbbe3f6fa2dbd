import { rm } from 'node:fs/promises';
import { hashOf } from '../../cache/known-file.ts';
import { KconformError } from '../../errors/error.ts';
import type { MachineSpec } from '../qemu/machine.ts';

/** What a machine is booted from, with the hashes that these files had. */
interface Images {
  readonly spec: Pick<MachineSpec, 'vmlinux' | 'initramfs' | 'archives'>;
  readonly kernelSha256: string;
  readonly initramfsSha256: string;
}

/**
 * A machine that is made of other bytes than its key says would speak for no kernel.
 * @throws KC_CACHE_REMOVED, KC_CACHE_DAMAGED (host)
 */
export async function verifyImages({ spec, kernelSha256, initramfsSha256 }: Images): Promise<void> {
  for (const [path, sha256] of [
    [spec.vmlinux, kernelSha256],
    [spec.initramfs.path, initramfsSha256],
    ...(spec.archives ?? []).map(({ path, sha256 }) => [path, sha256] as const),
  ] as const) {
    const now = await hashOf(path).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') throw cacheRemoved(path, cause);
      throw cause;
    });
    if (now === sha256) continue;
    // What tells that it is whole goes, so that the next run makes it anew.
    for (const facts of [`${path}.json`, `${path}.sha256`]) await rm(facts, { force: true }).catch(() => undefined);
    throw new KconformError(`${path} in the cache is damaged: its content changed after it was written`, {
      code: 'KC_CACHE_DAMAGED',
      blame: 'host',
      hint: 'run it again: it is made again; if that happens often, check the disk and the memory of this machine',
    });
  }
}

/** @param path what is missing */
export function cacheRemoved(path: string, cause?: unknown): KconformError {
  return new KconformError(`the cache was removed during the run: there is no ${path}`, {
    code: 'KC_CACHE_REMOVED',
    blame: 'host',
    hint: 'run it again (with --resume to run only the rest): removed files are made again',
    cause,
  });
}
