/**
 * Refuses circles among the C files of images/guest: each calls only functions of files below it in the list of sources.
 * Asks the compiler's object files, so that what it sees is what is linked. Run by `npm run check`.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { scratchFolder } from '../../harness/cache/scratch-folder.ts';
import { FREESTANDING, GUEST, SOURCES } from '../../harness/guest/initramfs/initramfs.ts';

/** What a file defines for others, and what it needs of them. */
export interface Symbols {
  readonly file: string;
  readonly defined: readonly string[];
  readonly needed: readonly string[];
}

/** A line for each need that only a file above meets, and for each that none meets. @param files in their order */
export function orderFaults(files: readonly Symbols[]): string[] {
  return files.flatMap(({ file, needed }, index) =>
    needed.flatMap((name) => {
      const at = files.findIndex(({ defined }) => defined.includes(name));
      if (at > index) return [];
      return [at < 0 ? `${file} uses ${name}, which no file defines` : `${file} uses ${name} of ${files[at]?.file}`];
    }),
  );
}

/** @param names C files of the folder @throws when one does not compile */
export async function symbolsOf(folder: string, names: readonly string[]): Promise<Symbols[]> {
  const scratch = scratchFolder('kconform-c-order-');
  try {
    const flags = FREESTANDING.filter((flag) => !flag.startsWith('-Wl,') && flag !== '-s');
    return await Promise.all(
      names.map(async (file) => {
        const object = join(scratch, `${file.replaceAll('/', '-')}.o`);
        await execa('cc', [...flags, '-fno-pie', '-c', '-o', object, file], { cwd: folder });
        const { stdout } = await execa('nm', ['--extern-only', '--format=posix', object]);
        const symbols = stdout.split('\n').map((line) => line.split(' '));
        const ofKind = (undefinedOnes: boolean) =>
          symbols.flatMap(([name = '', kind]) => ((kind === 'U') === undefinedOnes && name !== '' ? [name] : []));
        return { file, defined: ofKind(false), needed: ofKind(true) };
      }),
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = orderFaults(await symbolsOf(GUEST, SOURCES));
  for (const fault of faults)
    console.error(`images/guest: ${fault}; a file calls only what stands below it in SOURCES`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
