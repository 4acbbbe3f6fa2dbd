import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePath } from '../cache/folder.ts';
import type { CaseInputs } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import { isCurrent, readKeptFile, UNEDITED } from './kept.ts';

/** By case and path of an observation, the ids of mutants on which it failed in an earlier proof. */
export type FailedBefore = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * The observations that failed in the proofs kept in the cache, of cases that are unchanged since. Observations that fail on an
 * unedited kernel prove nothing and are left out.
 */
export async function failedBefore(cases: readonly Case[], inputs: CaseInputs): Promise<FailedBefore> {
  const folder = cachePath('proofs');
  const files = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith('.json'));
  const kept = (await Promise.all(files.map((file) => readKeptFile(join(folder, file))))).flatMap((one) => one ?? []);
  const found = new Map<string, Map<string, string[]>>();
  for (const { id, cases: records } of kept.filter((one) => one.id !== UNEDITED)) {
    for (const [name, paths] of await failedPaths(records, cases, inputs)) {
      const ofCase = found.get(name) ?? new Map<string, string[]>();
      found.set(name, ofCase);
      for (const path of paths) ofCase.set(path, [...new Set([...(ofCase.get(path) ?? []), id])].sort());
    }
  }
  for (const { cases: records } of kept.filter((one) => one.id === UNEDITED)) {
    for (const [name, paths] of await failedPaths(records, cases, inputs))
      for (const path of paths) found.get(name)?.delete(path);
  }
  return found;
}

async function failedPaths(
  records: NonNullable<Awaited<ReturnType<typeof readKeptFile>>>['cases'],
  cases: readonly Case[],
  inputs: CaseInputs,
): Promise<[string, string[]][]> {
  const all: [string, string[]][] = [];
  for (const testCase of cases) {
    const entry = records[testCase.name];
    if (entry === undefined || !(await isCurrent(entry, testCase, inputs))) continue;
    all.push([testCase.name, entry.seen.failed.map(({ path }) => path)]);
  }
  return all;
}
