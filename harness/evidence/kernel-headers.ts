import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { scratchFolder } from '../cache/scratch-folder.ts';
import { newestKernelHeaders } from '../kernels/debian/kernel-headers.ts';
import { foldersOf } from '../scenario/programs/compiler.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { KeptSource } from './kept-source.ts';

/** Where they are, below the folder of the reproducer. */
export const UAPI = 'uapi';

const KCONFORM_H = fileURLToPath(new URL('../scenario/c', import.meta.url));

/**
 * The kernel headers that a source in C includes, of the newest package, with which kconform compiles: those of another host may be too
 * old. Nothing of the source runs; the preprocessor names what it reads.
 * @returns nothing where there are no such headers, or the source cannot be preprocessed with them
 */
export async function kernelHeadersOf({ files, main = '', flags }: KeptSource): Promise<EvidenceFile[]> {
  const folders = foldersOf(await newestKernelHeaders());
  if (folders.length === 0) return [];
  const scratch = scratchFolder('kconform-headers-');
  try {
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(scratch, path)), { recursive: true });
      await writeFile(join(scratch, path), bytes);
    }
    const defines = flags.filter((flag) => /^-[DU]/.test(flag));
    const system = folders.flatMap((folder) => ['-isystem', folder]);
    const words = ['-M', ...defines, '-I', KCONFORM_H, ...system, `./${main}`];
    const { exitCode, stdout } = await execa('cc', words, { cwd: scratch, reject: false });
    return exitCode === 0 ? await readHeaders(String(stdout), folders) : [];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @param rule `report.o: report.c /folder/linux/fs.h \`, as make reads it */
async function readHeaders(rule: string, folders: readonly string[]): Promise<EvidenceFile[]> {
  const paths = rule.split(/\\?\s+/);
  const own = folders.flatMap((folder) =>
    paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => [path, path.slice(folder.length + 1)] as const),
  );
  // A folder may be below another one: the shorter path is that of the inner folder.
  const shortest = new Map<string, string>();
  for (const [path, relative] of own) {
    const before = shortest.get(path);
    if (before === undefined || relative.length < before.length) shortest.set(path, relative);
  }
  return Promise.all(
    [...shortest].map(async ([path, relative]) => ({ path: `${UAPI}/${relative}`, bytes: await readFile(path) })),
  );
}
