import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { KconformError } from '../../errors/error.ts';
import { type CaseResult, jobKey } from '../events.ts';
import { ResultsSchema } from './schema.ts';
import { upgraded } from './schema-1.ts';

/** Readers count the verdicts themselves. */
const Document = ResultsSchema.omit({ totals: true });

/** A results.json, whatever the schema of the file was. */
export interface ResultsFile extends Omit<z.infer<typeof Document>, 'schema' | 'results'> {
  /** Of the file as it is: the logs beside one of schema 1 are elsewhere. */
  readonly schema: 1 | 2;
  readonly results: readonly CaseResult[];
}

/** One case on one kernel, judged just now or read from a file: what all analysis looks at. */
export type Judged = Omit<CaseResult, 'evidence' | 'hint' | 'rerun'>;

/**
 * Reads a results.json of this version or an earlier one.
 * @param path the file, or the folder of `--out` that has it
 * @throws KC_RESULTS_FILE (host)
 */
export async function readResults(path: string): Promise<ResultsFile> {
  const folder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  const file = folder ? join(path, 'results.json') : path;
  try {
    return parseResults(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new KconformError(`cannot read ${file}: ${why(cause)}`, {
      code: 'KC_RESULTS_FILE',
      blame: 'host',
      hint: 'name the results.json of a run with --out, or its folder',
      cause,
    });
  }
}

/** @throws ZodError */
export function parseResults(document: unknown): ResultsFile {
  const isEarlier = z.object({ schema: z.literal(1) }).safeParse(document).success;
  const { run, results } = Document.parse(isEarlier ? upgraded(document) : document);
  // Earlier versions could write two results for one boot; the later one is the verdict.
  const latest = new Map(results.map(({ unstable: _, ...result }) => [jobKey(result.kernel, result.case), result]));
  return { schema: isEarlier ? 1 : 2, run, results: [...latest.values()] };
}

function why(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause);
  const [first] = cause.issues;
  return `not a results.json of schema 1 or 2 (${first?.path.join('.')}: ${first?.message})`;
}
