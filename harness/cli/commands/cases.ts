import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { coverageOf, type ReadCase } from '../../expect/coverage.ts';
import { failedBefore } from '../../prove/failed-before.ts';
import { casesDocument, printCases } from '../../report/text/cases/cases.ts';
import {
  coverageDocument,
  failedBeforeDocument,
  printCoverage,
  printFailedBefore,
} from '../../report/text/cases/coverage.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import type { Case } from '../../run/discovery/case.ts';
import { caseInputs } from '../../run/discovery/case-inputs.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Options {
  readonly json?: true;
  readonly coverage?: true;
  readonly observations?: true;
  readonly cases?: string;
}

export function addCasesCommand(program: Command): void {
  program
    .command('cases')
    .description('list the cases and what they test')
    .argument('[case...]', 'names or groups of cases: bpffs/mount-owner, bpffs (default: all)')
    .option('--observations', 'list each observation and its expected value too')
    .option(
      '--coverage',
      'list which cases test each commit and behaviour, what no case tests, and what has been proven to fail',
    )
    .option('--json', 'print JSON, with the observations')
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
Examples:
  npx kconform cases
  npx kconform cases bpffs/mount-owner --observations
  npx kconform cases --coverage
  npx kconform cases --coverage --json`,
    )
    .action(casesCommand);
}

async function casesCommand(names: string[], options: Options): Promise<void> {
  const root = options.cases ?? (await findDefaults()).cases;
  const cases = await chosenCases(names, { cases: root, namesOnly: true, races: 'all' });
  const read = cases.flatMap(readCase);
  const lines = options.coverage
    ? await coverageLines(cases, read, root, options.json === true)
    : options.json
      ? [JSON.stringify({ schema: 1, cases: casesDocument(read) }, undefined, 2)]
      : printCases(read, options.observations === true);
  process.stdout.write(`${lines.join('\n')}\n`);
  const faults = cases.flatMap(faultLines);
  for (const line of faults) process.stderr.write(`kconform: ${line}\n`);
  process.exitCode = faults.length > 0 ? 2 : 0;
}

async function coverageLines(
  cases: readonly Case[],
  read: readonly ReadCase[],
  root: string,
  json: boolean,
): Promise<string[]> {
  const coverage = coverageOf(read, await loadBehaviours(root));
  const seen = await failedBefore(cases, await caseInputs(ROOT));
  if (json) {
    const document = { schema: 1, ...coverageDocument(coverage), seenToFail: failedBeforeDocument(seen) };
    return [JSON.stringify(document, undefined, 2)];
  }
  return [...printCoverage(coverage), ...printFailedBefore(read, seen)];
}

function readCase({ name, loaded }: Case): ReadCase[] {
  return loaded instanceof KconformError ? [] : [{ name, expectation: loaded.expectation }];
}

/** Why a case cannot be judged, a line each: it cannot be read, its declarations name nothing, or it is still a proposal. */
function faultLines({ name, folder, inputs, loaded }: Case): string[] {
  const faults = loaded instanceof KconformError ? [loaded.message] : [];
  const isOfSuite = inputs !== undefined; // it has no expect.ts
  const proposed =
    loaded instanceof KconformError || isOfSuite ? [] : unwritten(readFileSync(join(folder, 'expect.ts'), 'utf8'));
  return [...faults, ...proposed].map((fault) => `${name}: ${fault}`);
}

/** What `kconform new` left for the author to write. */
function unwritten(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const what = /['"`]TODO\b/.test(line)
      ? 'a TODO'
      : /\/\/ why:\s*(\(two runs showed .*\))?\s*$/.test(line)
        ? 'a reason (why:)'
        : undefined;
    return what === undefined ? [] : [`expect.ts:${index + 1}: ${what} is still to be written: ${line.trim()}`];
  });
}
