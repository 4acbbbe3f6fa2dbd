import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import * as z from 'zod';
import { cachePath } from '../cache/folder.ts';
import { readSealed, writeSealed } from '../cache/sealed-file.ts';
import type { SourceEdit } from '../kernels/build/edits.ts';
import { loadProfile, printFragment } from '../kernels/build/profile.ts';
import type { CaseInputs } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import { CaseRecord, type CaseRecords } from './case-record.ts';

/** The id under which the results of the unedited kernel are kept. */
export const UNEDITED = 'unedited';
/** Raised whenever the meaning of kept results changes: results of another format are ignored. */
const FORMAT = 3;
const Entry = z.object({ inputs: z.string(), seen: CaseRecord });
const Kept = z.object({ format: z.literal(FORMAT), id: z.string(), cases: z.record(z.string(), Entry) });
type Kept = z.infer<typeof Kept>;

/** The file of the cache with the results of the cases on a kernel with these edits. */
export async function keptPath(packageVersion: string, profile: string, edits: readonly SourceEdit[]): Promise<string> {
  const { settings, machine } = await loadProfile(profile);
  const inputs = [packageVersion, printFragment(settings), machine, edits];
  return cachePath('proofs', `${sha256(JSON.stringify(inputs))}.json`);
}

/** The kept results of those cases, without those whose inputs have changed since. */
export async function readKept(
  path: string,
  cases: readonly Case[],
  inputs: CaseInputs,
): Promise<Map<string, CaseRecord>> {
  const kept = await readKeptFile(path);
  const found = new Map<string, CaseRecord>();
  for (const testCase of cases) {
    const entry = kept?.cases[testCase.name];
    if (entry !== undefined && (await isCurrent(entry, testCase, inputs))) found.set(testCase.name, entry.seen);
  }
  return found;
}

/** The content of such a file; undefined where it has another format or is damaged: the cases run again. */
export function readKeptFile(path: string): Promise<Kept | undefined> {
  return readSealed(path, basename(path), Kept);
}

/** Whether the case and all that its result depends on are unchanged. */
export async function isCurrent(
  { inputs: before }: z.infer<typeof Entry>,
  testCase: Case,
  inputs: CaseInputs,
): Promise<boolean> {
  return before === (await inputs(testCase));
}

/** Adds results to those that are kept of other cases; not those with the verdict ERROR, which say nothing about the kernel. */
export async function writeKept(
  path: string,
  id: string,
  cases: readonly Case[],
  records: CaseRecords,
  inputs: CaseInputs,
): Promise<void> {
  const before = (await readKeptFile(path))?.cases ?? {};
  const entries = Object.entries(before);
  for (const testCase of cases) {
    const one = records.get(testCase.name);
    if (one !== undefined && one.verdict !== 'ERROR')
      entries.push([testCase.name, { inputs: await inputs(testCase), seen: one }]);
  }
  const kept: Kept = { format: FORMAT, id, cases: Object.fromEntries(entries) };
  await writeSealed(path, basename(path), kept);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
