import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuthorLoader } from '../authors/load.ts';
import type { ResultsFile } from '../run/results/results-file.ts';
import { buildSuite } from '../suites/kinds.ts';
import { LIST_FILE, printList } from '../suites/list.ts';
import { type ListProposal, proposeList, type SeenTest } from '../suites/proposal.ts';
import { readSuite, SUITE_FILE, unbuiltTests } from '../suites/suite-cases.ts';
import { progressToStderr } from './options.ts';

/** Results of one suite in a run. */
interface SuiteResults {
  readonly name: string;
  readonly seen: readonly SeenTest[];
}

/** How a list is accepted. */
interface AcceptOptions {
  readonly ask: (question: string) => Promise<string>;
  /** Whether to drop what the suite or the run does not have any more. */
  readonly prune: boolean;
}

/** The results of suites in a run, by suite. @param names of the suites below the folder of cases */
export function resultsOfSuites({ results }: ResultsFile, names: readonly string[]): SuiteResults[] {
  return names.flatMap((name) => {
    const own = results.filter((one) => one.case.startsWith(`${name}/`));
    const seen = own.map(({ case: test, kernel, verdict, reason, observations }) => ({
      name: test.slice(name.length + 1),
      kernel: kernel.version,
      verdict,
      reason,
      observations,
    }));
    return seen.length === 0 ? [] : [{ name, seen }];
  });
}

/**
 * Shows what a run on trusted kernels showed that the list of a suite does not have, and writes the list if the answer is yes.
 * @returns whether it was written
 * @throws KC_SUITE (case)
 */
export async function acceptSuite(
  root: string,
  { name, seen }: SuiteResults,
  { ask, prune }: AcceptOptions,
): Promise<boolean> {
  const file = join(root, name, SUITE_FILE);
  await using loader = await AuthorLoader.create();
  const suite = await readSuite(name, file, loader);
  const { source, tests } = await buildSuite(suite.fields, file, name, { progress: progressToStderr });
  const unbuilt = unbuiltTests(suite.list, tests);
  const proposal = proposeList(suite.list, seen, { source, unbuilt, prune });
  const path = join(dirname(file), suite.fields.list ?? LIST_FILE);
  process.stdout.write(describe({ name, path, unbuilt, prune }, proposal));
  const answer = (await ask('  write the list? [y/n] ')).trim().toLowerCase();
  if (!answer.startsWith('y')) return false;
  await writeFile(path, printList(proposal.list));
  return true;
}

const MOST_SHOWN = 20;

interface Described {
  readonly name: string;
  readonly path: string;
  readonly unbuilt: readonly string[];
  readonly prune: boolean;
}

function describe(
  { name, path, unbuilt, prune }: Described,
  { list, added, addedSubtests, unseen, vanished, failures }: ListProposal,
): string {
  const tests = Object.values(list.tests);
  const subtests = tests.reduce((sum, own) => sum + own.subtests.length, 0);
  const fate = prune ? 'dropped from the list' : 'kept in the list; --prune drops them';
  return [
    `${name}: ${tests.length} tests with ${subtests} subtests, for ${path}`,
    ...shown('new tests', added),
    ...shown('new subtests', addedSubtests),
    ...shown(
      'tests of the list that this run did not have',
      unseen.filter((test) => !unbuilt.includes(test)),
    ),
    ...all(`tests of the list that the suite does not make any more (${fate})`, unbuilt),
    ...all(`subtests of the list that were not shown (${fate})`, vanished),
    ...(failures === ''
      ? []
      : ['  failures without a reason: look into each, then write it into the suite file', failures]),
    '',
  ].join('\n');
}

function shown(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length - MOST_SHOWN;
  return [`  ${title}: ${names.slice(0, MOST_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}

/** Whoever drops something sees all of it. */
function all(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${title}:`, ...names.map((name) => `    ${name}`)];
}
