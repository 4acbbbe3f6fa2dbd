import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import { newRunFolder } from '../qemu/run-folder.ts';

/**
 * The path itself, or that of a copy which lasts as long as this process. QEMU opens the file behind a guest's memory for reading
 * and writing even where it maps it privately (file_ram_open), and so refuses a file in a read-only cache.
 * @throws KC_DISK_FULL when there is no room for the copy
 */
export async function openableForWriting(path: string): Promise<string> {
  const writable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (writable) return path;
  const copy = join(newRunFolder(), 'memory');
  const { exitCode, stderr } = await execa('cp', ['--sparse=always', '--no-preserve=mode', path, copy], {
    reject: false,
  });
  if (exitCode === 0) return copy;
  throw new KconformError('a frozen guest in a read-only cache could not be copied', {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space, or set XDG_CACHE_HOME to a folder that you can write to',
    evidence: { output: stderr },
  });
}
