import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { hostFailure } from './host-failure.ts';

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/**
 * Removes debug information, which is two thirds of what the programs would take of the guest's memory. Symbols stay: some tests look for them.
 * @throws KC_DISK_FULL, KC_HOST_LIMIT (host)
 */
export async function stripPrograms(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // One that strip refuses, such as a program for another machine, stays as it is.
    if (!(await isElf(path))) continue;
    const { stderr } = await execa('strip', ['-g', path], { reject: false, env: { LC_ALL: 'C' } });
    const failure = hostFailure(stderr);
    if (failure !== undefined) throw failure;
  }
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(ELF.length), 0, ELF.length, 0);
    return buffer.equals(ELF);
  } finally {
    await file.close();
  }
}
