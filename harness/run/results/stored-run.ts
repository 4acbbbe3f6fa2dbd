import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CaseResult } from '../events.ts';
import type { RecordedCase, RunRecord } from './record.ts';
import { type LeftFile, leftFile } from './results.ts';
import { type ResultsFile, readResults } from './results-file.ts';

/**
 * A run as `--out` left it, its consoles and transcripts with it.
 * @param path the folder, or the results.json in it
 * @throws KC_RESULTS_FILE (host)
 */
export async function readStoredRun(path: string): Promise<RunRecord> {
  const { run, results } = await readResults(path);
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  const { state, durationMs, ...identity } = run;
  const cases: RecordedCase[] = [];
  for (const entry of results) cases.push(await recordedCase(folder, withRerun(entry)));
  return { started: { type: 'run-started', ...identity }, state, durationMs, cases };
}

function withRerun(entry: ResultsFile['results'][number]): CaseResult {
  return { ...entry, rerun: entry.rerun ?? `npx kconform run ${entry.case} --kernel ${entry.kernel.spec}` };
}

async function recordedCase(folder: string, entry: CaseResult): Promise<RecordedCase> {
  const left = (kind: LeftFile) =>
    readFile(leftFile(folder, entry, kind), 'utf8').catch((error: unknown) => {
      // Not there when results.json was taken out of its folder.
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return '';
      throw error;
    });
  return { result: entry, console: await left('console.log'), transcript: await left('transcript.txt') };
}
