import { execa } from 'execa';

/**
 * Copies a file: as a clone of its extents where the file system can; otherwise what is zero becomes a hole.
 * @throws an error with code ENOSPC where there is no room, and what cp says
 */
export async function copySparse(from: string, to: string): Promise<void> {
  const words = ['--reflink=auto', '--sparse=always', '--no-preserve=mode', from, to];
  const { exitCode, stderr } = await execa('cp', words, { reject: false, env: { LC_ALL: 'C' } });
  if (exitCode !== 0) throw noSpaceError(stderr) ?? new Error(stderr.trim());
}

/** The error of a program that had no room for its output, as a failed system call would be; undefined when it said nothing of that. */
export function noSpaceError(said: string): Error | undefined {
  if (!/No space left on device|Disk quota exceeded/i.test(said)) return undefined;
  return Object.assign(new Error(said), { code: 'ENOSPC' });
}
