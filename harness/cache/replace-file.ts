import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

export interface ReplaceOptions {
  /** Whether the bytes are on the disk before the file gets its name, so that a crash of the host leaves no empty file. Default: false */
  readonly sync?: boolean;
  /**
   * Path of the new file until it is complete. Default: one that no other writer uses. With a fixed path the next writer overwrites
   * what a killed one left; only one process at a time may write then.
   */
  readonly temporary?: string;
}

/**
 * Replaces a file in one step: it is written beside its place and renamed. A reader sees the old file or the new one, also when this
 * process is killed meanwhile. After an error the old file is unchanged and the new one is removed. The folder must exist.
 * @param write writes the new file under the path that it gets
 * @throws what `write` throws, and errors of the file system
 */
export async function replaceFile(
  path: string,
  write: (temporary: string) => Promise<void>,
  options: ReplaceOptions = {},
): Promise<void> {
  const { sync = false, temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.new` } = options;
  try {
    await write(temporary);
    if (sync) await syncFile(temporary);
    await rename(temporary, path);
  } catch (cause) {
    // The first error says why; a file system that fails may not remove the file either.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw cause;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
