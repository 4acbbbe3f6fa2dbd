import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { notWritten } from '../run/results/results.ts';
import { Within } from '../run/results/schema.ts';

const texts = z.array(z.string());

const Shape = z.object({
  /**
   * - c: a program in C, which kconform.h may belong to
   * - shell: a scenario in shell, with `observe`
   * - script: a script with its interpreter
   * - commands: the commands of a report, one after the other
   * - typescript: a scenario of kconform's
   * - other: what cannot be handed on as a file or two
   */
  form: z.enum(['c', 'shell', 'script', 'commands', 'typescript', 'other']),
  /** The file that runs or is compiled; absent without a file. */
  main: Within.exactOptional(),
  /** Options of the compiler beside the usual ones. */
  flags: texts,
  libraries: texts,
  arguments: texts,
  /** Where commands expect the program that is compiled. */
  places: texts,
  /** What it is, for people: `a program in C, 53 lines (lines 35–87 of the text)`. */
  about: z.string(),
  files: z.array(Within),
});

/** What reproduces a bug, with its files by their names. */
export interface KeptSource extends Omit<z.infer<typeof Shape>, 'files'> {
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What most sources have. */
export const PLAIN_SOURCE = { flags: [], libraries: [], arguments: [], places: [] };

const FOLDER = 'reproducer';
const DESCRIPTION = 'reproducer.json';

/**
 * Puts what a run reproduces beside its results, as the file may be another one later, and that of a bug report is made for the run.
 * @param name the case in the results
 * @throws KC_RESULTS_NOT_WRITTEN (host)
 */
export async function keepSource(out: string, name: string, { files, ...source }: KeptSource): Promise<void> {
  const folder = join(out, FOLDER, name);
  try {
    await rm(folder, { recursive: true, force: true }); // of an earlier run
    await mkdir(folder, { recursive: true });
    const description = { ...source, files: [...files.keys()] };
    await writeFile(join(folder, DESCRIPTION), `${JSON.stringify(description, undefined, 2)}\n`);
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(folder, 'files', path)), { recursive: true });
      await writeFile(join(folder, 'files', path), bytes);
    }
  } catch (cause) {
    throw notWritten(folder, cause);
  }
}

/** What a run kept beside its results; undefined where it kept nothing. @throws ZodError for a damaged description */
export async function keptSource(out: string, name: string): Promise<KeptSource | undefined> {
  const folder = join(out, FOLDER, name);
  if (!existsSync(join(folder, DESCRIPTION))) return undefined;
  const { files, ...source } = Shape.parse(JSON.parse(await readFile(join(folder, DESCRIPTION), 'utf8')));
  const read = files.map(
    async (path): Promise<[string, Buffer]> => [path, await readFile(join(folder, 'files', path))],
  );
  return { ...source, files: new Map(await Promise.all(read)) };
}
