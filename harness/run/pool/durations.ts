import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { publishFile } from '../../cache/folder.ts';

/** Milliseconds by the name of the case, from earlier runs. */
export type Durations = Readonly<Record<string, number>>;

const Stored = z.record(z.string(), z.number());

/** What earlier runs took; nothing is known where there is no such file, or none that can be read. */
export async function readDurations(path: string): Promise<Durations> {
  return readFile(path, 'utf8').then(
    (text) => parse(text),
    () => ({}),
  );
}

function parse(text: string): Durations {
  try {
    return Stored.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {}; // cut off: the order is all that depends on it
  }
}

/** Adds to what is known. A cache that cannot be written costs the order of the next run, no more. */
export async function rememberDurations(path: string, latest: Durations): Promise<void> {
  const all = { ...(await readDurations(path)), ...latest };
  await publishFile(path, (to) => writeFile(to, JSON.stringify(all))).catch(() => undefined);
}

/** The longest first, so that no long one is left alone at the end; those never seen come before all. */
export function longestFirst<T extends { readonly name: string }>(cases: readonly T[], known: Durations): T[] {
  const length = ({ name }: T) => known[name] ?? Number.POSITIVE_INFINITY;
  return [...cases].sort((a, b) => (length(a) === length(b) ? 0 : length(b) - length(a)));
}
