import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';

type Program = readonly [command: string, args: readonly string[], debianPackage: string];

/** Endings of compressed modules (CONFIG_MODULE_COMPRESS_…) → the program that writes the file without its ending beside it. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  '.xz': ['xz', ['-dkq', '-T1'], 'xz-utils'],
  '.zst': ['zstd', ['-dq'], 'zstd'],
  '.gz': ['gzip', ['-dkq'], 'gzip'],
};
/** Their paths fit a command line. */
const FILES_AT_ONCE = 1_000;

/** The path without the ending of a compressed file. */
export function withoutEnding(file: string): string {
  return file.replace(/\.(xz|zst|gz)$/, '');
}

/**
 * Uncompresses files beside themselves, many with one program: what each of thousands of modules says of itself is read
 * once. A file that is damaged stays without an uncompressed one.
 * @throws KC_TOOL_MISSING, and ENOSPC of the disk
 */
export async function uncompressAll(folder: string, files: readonly string[]): Promise<void> {
  for (const [ending, program] of Object.entries(PROGRAMS)) {
    await inParts(
      program,
      files.filter((file) => file.endsWith(ending)),
      folder,
    );
  }
}

/** Puts a compressed file in the place of each: `overlay.ko.zst`. @throws KC_TOOL_MISSING, and ENOSPC of the disk */
export async function compressAll(folder: string, files: readonly string[]): Promise<void> {
  const exitCodes = await inParts(['zstd', ['-q', '--rm'], 'zstd'], files, folder);
  const failure = exitCodes.find((exitCode) => exitCode !== 0);
  if (failure !== undefined) throw new Error(`zstd ended with exit code ${failure}`);
}

async function inParts(program: Program, files: readonly string[], folder: string): Promise<number[]> {
  const exitCodes: number[] = [];
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    exitCodes.push(await run(program, files.slice(at, at + FILES_AT_ONCE), folder));
  }
  return exitCodes;
}

/** @returns the exit code */
async function run([command, args, debianPackage]: Program, files: readonly string[], cwd: string): Promise<number> {
  const result = await execa(command, [...args, '--', ...files], { cwd, reject: false });
  if (result.code === 'ENOENT') {
    throw new KconformError(`${command} not found: it is needed to uncompress the kernel's modules`, {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: `apt-get install ${debianPackage}`,
    });
  }
  if (/No space left/.test(result.stderr)) throw Object.assign(new Error(result.stderr), { code: 'ENOSPC' });
  if (result.exitCode === undefined) throw result; // it could not be started, or a signal ended it
  return result.exitCode;
}
