import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CaseResult } from '../events.ts';
import type { RecordedCase, RunRecord } from './record.ts';
import { type LeftFile, leftFile } from './results.ts';
import { type ResultsFile, readResults } from './results-file.ts';
import { folderOfVersion } from './schema-1.ts';

/**
 * Reads a run as `--out` wrote it, with its console logs and transcripts.
 * @param path the folder, or the results.json in it
 * @throws KC_RESULTS_FILE (host)
 */
export async function readStoredRun(path: string): Promise<RunRecord> {
  const { schema, run, results } = await readResults(path);
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  const { state, durationMs, ...identity } = run;
  const cases: RecordedCase[] = [];
  for (const entry of results) cases.push(await recordedCase(folder, schema, entry));
  return { started: { type: 'run-started', ...identity }, state, durationMs, cases };
}

/** What each case leaves beside results.json. */
export const LEFT_FILES: readonly LeftFile[] = ['console.log', 'transcript.txt'];

/** Where a run of that schema has it. */
export function storedFile(
  folder: string,
  schema: ResultsFile['schema'],
  entry: Pick<CaseResult, 'kernel' | 'case'>,
  kind: LeftFile,
): string {
  return schema === 1
    ? join(folder, folderOfVersion(entry.kernel.version), entry.case, kind)
    : leftFile(folder, entry, kind);
}

async function recordedCase(folder: string, schema: ResultsFile['schema'], entry: CaseResult): Promise<RecordedCase> {
  const left = (kind: LeftFile) =>
    readFile(storedFile(folder, schema, entry, kind), 'utf8').catch((error: unknown) => {
      // Not there when results.json was taken out of its folder.
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return '';
      throw error;
    });
  return { result: entry, console: await left('console.log'), transcript: await left('transcript.txt') };
}
