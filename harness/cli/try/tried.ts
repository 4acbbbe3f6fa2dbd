import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../../cache/replace-file.ts';
import { KconformError } from '../../errors/error.ts';
import type { Patch } from '../../kernels/patches/read-patches.ts';
import { notWritten } from '../../run/results/results.ts';

const FILE = 'tried.json';

const TriedSchema = z.object({
  /** SHA-256 of the diff of each patch, in the order in which they were applied. */
  patches: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1),
  /** Ids of the kernels. */
  without: z.string(),
  with: z.string(),
});

/** What made the results in a folder of `try --out`. */
export type Tried = Readonly<z.infer<typeof TriedSchema>>;

/** Writes what was tried beside its results. @throws KC_RESULTS_NOT_WRITTEN (host) */
export async function writeTried(folder: string, tried: Tried): Promise<void> {
  const text = `${JSON.stringify(tried, undefined, 2)}\n`;
  await replaceFile(join(folder, FILE), (path) => writeFile(path, text)).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
}

/** @param out the folder, or the results.json in it. @throws KC_NOTHING_TO_REPORT (host) where `try` did not make the results */
export async function readTried(out: string): Promise<Tried> {
  const folder = (await stat(out)).isDirectory() ? out : dirname(out);
  try {
    return TriedSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch (cause) {
    throw notTried(
      `nothing shows that kconform try made the results in ${folder}: ${FILE} is missing or damaged`,
      cause,
    );
  }
}

/**
 * How many of the tried patches are not among those of a file.
 * @throws KC_NOTHING_TO_REPORT (host) where the file has a patch that was not tried
 */
export function othersThan(patches: readonly Patch[], tried: Tried, file: string): number {
  const hashes = new Set(patches.map(hashOf));
  if (patches.some((patch) => !tried.patches.includes(hashOf(patch))))
    throw notTried(`${file} is not what was tried: the results are of another patch`);
  return tried.patches.filter((hash) => !hashes.has(hash)).length;
}

/** Of the diff alone: a mail, git format-patch and git diff have other text around the same one. */
export function hashOf({ text }: Pick<Patch, 'text'>): string {
  const lines = text.replace(/\n-- ?\n\d[\w.() -]*\s*$/, '\n').split('\n');
  const start = lines.findIndex((line) => /^(diff --git |--- \S)/.test(line));
  const diff = lines.slice(Math.max(start, 0)).filter((line) => !line.startsWith('index '));
  return createHash('sha256').update(diff.join('\n').trimEnd()).digest('hex');
}

function notTried(message: string, cause?: unknown): KconformError {
  return new KconformError(message, {
    code: 'KC_NOTHING_TO_REPORT',
    blame: 'host',
    hint: 'npx kconform try PATCH --case CASE --out FOLDER makes them',
    cause,
  });
}
