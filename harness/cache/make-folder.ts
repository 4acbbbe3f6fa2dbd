import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * As mkdir -p. Node's own never returns where a file system makes no folders (/proc): it takes ENOENT for a missing parent.
 * @param mode permissions of each folder that is made, before the umask
 * @throws what mkdir(2) says; EEXIST when a file is in the way
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  await make(path, mode, false);
}

async function make(path: string, mode: number, parentMade: boolean): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || parentMade || dirname(path) === path) throw error;
    await make(dirname(path), mode, false);
    await make(path, mode, true);
  }
}
