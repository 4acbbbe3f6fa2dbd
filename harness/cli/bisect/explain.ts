import { readFile } from 'node:fs/promises';
import { KconformError } from '../../errors/error.ts';
import { filesOfFunctions } from '../../kernels/build/function-files.ts';
import { changesBetween, obtainChangelog } from '../../kernels/debian/changelog.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import type { Explanation } from '../../report/text/series/bisection.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import type { CaseResult } from '../../run/events.ts';
import { candidatesAmong, type Evidence, isHash } from '../../series/candidates.ts';
import type { Neighbours } from '../../series/search.ts';
import { progressToStderr } from '../options.ts';
import type { SeriesSubject } from './subject.ts';

/** A source longer than this is generated, and its words say nothing. */
const SOURCE_BYTES = 200_000;

/**
 * What the changelog has between two kernels that may explain the change. A missing changelog is reported and does not fail the command.
 * @param results of the kernels on which it is bad
 * @param isFix whether the newer one behaves
 */
export async function explain(
  { before, after }: Neighbours<PlannedKernel>,
  subject: SeriesSubject,
  { results, isFix, signal }: { results: readonly CaseResult[]; isFix: boolean; signal: AbortSignal },
): Promise<Explanation> {
  try {
    const changelog = await obtainChangelog(after, { signal, progress: progressToStderr });
    const entries = changesBetween(changelog, before, after);
    const evidence = await evidenceOf(subject, results, signal);
    const declared = isFix ? evidence : { ...evidence, titles: [], hashes: [], cve: [] };
    return { source: changelog.source, ...candidatesAmong(entries, changelog.entries, declared) };
  } catch (error) {
    if (!(error instanceof KconformError) || error.code === 'KC_INTERRUPTED') throw error;
    return { missing: error.message };
  }
}

async function evidenceOf(
  { testCase, isFile, root }: SeriesSubject,
  results: readonly CaseResult[],
  signal: AbortSignal,
): Promise<Evidence> {
  const functions = [
    ...new Set(results.flatMap(({ oracles }) => oracles.splats.flatMap(({ fingerprint }) => fingerprint))),
  ];
  const files = await filesOfFunctions(functions, signal);
  const none = { titles: [], hashes: [], cve: [] };
  if (isFile || testCase.loaded instanceof Error)
    return { ...none, files, words: [...functions, await wordsOfFile(testCase.argument)] };
  const { about, behaviours = {}, knownBugs = [], commit = [] } = testCase.loaded.expectation;
  const own = (await loadBehaviours(root)).filter(({ id }) => Object.hasOwn(behaviours, id));
  const declared = [...new Set([...knownBugs.flatMap(({ fix }) => fix ?? []), ...[commit].flat()])];
  return {
    titles: declared.filter((one) => !isHash(one)),
    hashes: declared.filter(isHash),
    cve: knownBugs.flatMap(({ cve = [] }) => cve),
    files: [...new Set([...own.map(({ where }) => where), ...files])],
    words: [
      testCase.name,
      about,
      ...own.map(({ statement }) => statement),
      ...knownBugs.map(({ title }) => title),
      ...functions,
    ],
  };
}

/** The text of a source; nothing of a program or a folder. */
async function wordsOfFile(path: string): Promise<string> {
  const text = await readFile(path, 'latin1').catch(() => '');
  return text.includes('\0') || text.length > SOURCE_BYTES ? '' : text;
}
