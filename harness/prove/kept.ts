import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { cachePath, ensureFolder, publishFile } from '../cache/folder.ts';
import type { Edit } from '../kernels/build/edits.ts';
import { loadProfile, printFragment } from '../kernels/build/profile.ts';
import type { CaseInputs } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import { Seen, type SeenCases } from './seen.ts';

/** The id that the unedited kernel is kept by. */
export const UNEDITED = 'unedited';
/** Raised whenever what is kept means something else. */
const FORMAT = 2;
const Entry = z.object({ inputs: z.string(), seen: Seen });
const Kept = z.object({ format: z.literal(FORMAT), id: z.string(), cases: z.record(z.string(), Entry) });

/** Where the cache keeps what the suite said of a kernel with these edits. */
export async function keptPath(packageVersion: string, profile: string, edits: readonly Edit[]): Promise<string> {
  const { settings, machine } = await loadProfile(profile);
  const inputs = [packageVersion, printFragment(settings), machine, edits];
  return cachePath('proofs', `${sha256(JSON.stringify(inputs))}.json`);
}

/** What is kept of those cases, as far as it would be seen again. */
export async function readKept(path: string, cases: readonly Case[], inputs: CaseInputs): Promise<Map<string, Seen>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const kept = text === undefined ? undefined : parseKept(text);
  const found = new Map<string, Seen>();
  for (const testCase of cases) {
    const entry = kept?.cases[testCase.name];
    if (entry !== undefined && (await stillTrue(entry, testCase, inputs))) found.set(testCase.name, entry.seen);
  }
  return found;
}

/** What a file of the cache keeps of one kernel; undefined where it is of another format or damaged. */
export function parseKept(text: string): z.infer<typeof Kept> | undefined {
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // cut off or damaged: seen anew
  }
}

export async function stillTrue(
  { inputs: before }: z.infer<typeof Entry>,
  testCase: Case,
  inputs: CaseInputs,
): Promise<boolean> {
  return before === (await inputs(testCase));
}

/**
 * Keeps what was seen beside what is kept of other cases, verdicts of a broken host or harness left out: those say nothing of
 * the kernel.
 */
export async function writeKept(
  path: string,
  id: string,
  cases: readonly Case[],
  seen: SeenCases,
  inputs: CaseInputs,
): Promise<void> {
  const before = parseKept(await readFile(path, 'utf8').catch(() => ''))?.cases ?? {};
  const entries = Object.entries(before);
  for (const testCase of cases) {
    const one = seen.get(testCase.name);
    if (one !== undefined && one.verdict !== 'ERROR')
      entries.push([testCase.name, { inputs: await inputs(testCase), seen: one }]);
  }
  await ensureFolder(dirname(path));
  const text = JSON.stringify({ format: FORMAT, id, cases: Object.fromEntries(entries) });
  await publishFile(path, (temporary) => writeFile(temporary, text));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
