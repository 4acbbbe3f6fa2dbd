import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { suiteNames } from '../../run/discovery/suites.ts';
import { kernelNames } from '../../run/kernel-names.ts';
import { type ResultsFile, readResults } from '../../run/results/results-file.ts';
import { acceptSuite, resultsOfSuites } from '../accept-suites.ts';
import { findDefaults } from '../defaults.ts';
import type { ExpectationChange } from '../edit/expectation-edit.ts';

interface Options {
  readonly cases?: string;
  readonly yes?: true;
  readonly prune?: true;
}

export function addAcceptCommand(program: Command): void {
  program
    .command('accept')
    .description('write observed values of a run into expect.ts, one by one, and the tests of a suite into its list')
    .argument('<results>', 'the --out folder of a run, or its results.json')
    .argument('[case...]', 'accept values of these cases only (default: all)')
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .option('--yes', 'accept every value without asking')
    .option(
      '--prune',
      'drop tests and subtests from the list of a suite that the suite or the run does not have any more',
    )
    .addHelpText(
      'after',
      `
It asks for each value that differs from the expectation: y accepts it, n skips it, q quits. Comments and matchers are kept. Only
literals are changed; change other values by hand. For a suite, it shows tests and subtests that its list does not have, and failures
without a reason, and writes the list. It does not run where CI is set: a person must decide what is expected.

Examples:
  npx kconform run bpffs/my-case --out out
  npx kconform accept out
  npx kconform accept out bpffs/my-case --yes`,
    )
    .action(acceptCommand);
}

interface Offer {
  readonly change: ExpectationChange;
  readonly kernels: readonly string[];
  /** False where another kernel showed another value there, so that no single one is right. */
  readonly agreed: boolean;
}

async function acceptCommand(results: string, names: string[], options: Options): Promise<void> {
  if (process.env.CI !== undefined && process.env.CI !== '') {
    throw refusal(
      'accept does not change expectations when CI is set',
      'accept on your own machine, and review the change',
    );
  }
  if (options.yes !== true && process.stdin.isTTY !== true) {
    throw refusal(
      'standard input is not a terminal, so no question can be asked',
      'run it on a terminal, or with --yes',
    );
  }
  const root = resolve(options.cases ?? (await findDefaults()).cases);
  const file = await readResults(results);
  const suites = resultsOfSuites(file, await suiteNames(root)).filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  using asking = options.yes === true ? undefined : prompt();
  const ask = asking?.ask ?? (async () => 'y');
  for (const one of suites) {
    const written = await acceptSuite(root, one, { ask, prune: options.prune === true });
    process.stdout.write(written ? '  written\n' : '  left\n');
  }
  const isOfSuite = (name: string) => suites.some((one) => name.startsWith(`${one.name}/`));
  const offers = offersOf({ ...file, results: file.results.filter((one) => !isOfSuite(one.case)) }, names);
  if (offers.size === 0 && suites.length > 0) return;
  if (offers.size === 0)
    throw refusal('there is no failed value to accept', 'npx kconform run --out FOLDER makes results');
  const counts = { accepted: 0, left: 0, refused: 0 };
  for (const [name, changes] of offers) {
    const path = join(root, name, 'expect.ts');
    if (!existsSync(path)) throw refusal(`there is no ${path}`, 'name the folder of cases: --cases');
    for (const one of changes) {
      const outcome = await offer(path, name, one, ask);
      if (outcome === 'end') return;
      counts[outcome]++;
    }
  }
  process.stdout.write(`${counts.accepted} accepted, ${counts.left} left, ${counts.refused} to change by hand\n`);
  process.exitCode = counts.refused > 0 ? 1 : 0;
}

async function offer(
  file: string,
  name: string,
  { change, kernels, agreed }: Offer,
  ask: (question: string) => Promise<string>,
): Promise<'accepted' | 'left' | 'refused' | 'end'> {
  process.stdout.write(`${name}: ${change.path} on ${kernels.join(', ')}\n`);
  const text = await readFile(file, 'utf8');
  const { editExpectation } = await import('../edit/expectation-edit.ts'); // the compiler takes seconds to load
  const edit = agreed ? editExpectation(text, change) : DISAGREED;
  if ('refusal' in edit) {
    process.stdout.write(`  by hand: ${edit.refusal}\n`);
    return 'refused';
  }
  process.stdout.write(`  - ${edit.before}\n  + ${edit.after}\n`);
  const answer = (await ask('  accept? [y/n/q] ')).trim().toLowerCase();
  if (answer.startsWith('q')) return 'end';
  if (!answer.startsWith('y')) return 'left';
  await writeFile(file, edit.text);
  return 'accepted';
}

/** Kernels that disagree need a fence, which only the author can set. */
const DISAGREED = { refusal: 'kernels showed different values: use byVersion or byConfig' };

/** By case, one offer a path. */
function offersOf({ results }: ResultsFile, names: readonly string[]): Map<string, Offer[]> {
  const offers = new Map<string, Offer[]>();
  const nameOf = kernelNames(results.map(({ kernel }) => kernel));
  const chosen = results.filter(
    ({ case: name }) => names.length === 0 || names.some((wanted) => name === wanted || name.startsWith(`${wanted}/`)),
  );
  for (const name of new Set(chosen.map((result) => result.case))) {
    const ofCase = chosen.filter((result) => result.case === name);
    const seen = ofCase.flatMap(({ kernel, verdict, observations }) =>
      observations.map((one) => ({ ...one, kernel: nameOf(kernel), judged: verdict === 'FAIL' })),
    );
    const failed = seen.filter(({ verdict, judged }) => judged && verdict === 'FAIL');
    const paths = [...new Set(failed.map(({ path }) => path))];
    const own = paths.flatMap((path) => {
      const there = failed.filter((one) => one.path === path);
      const [first] = there;
      if (first === undefined) return [];
      // A known bug explains the value of this kernel, so it does not contradict the other kernels.
      const agreed = seen.every(
        (one) =>
          one.path !== path ||
          one.verdict === 'XFAIL' ||
          (one.expected === first.expected && one.observed === first.observed),
      );
      return [{ change: first, kernels: there.map(({ kernel }) => kernel), agreed }];
    });
    if (own.length > 0) offers.set(name, own);
  }
  return offers;
}

function prompt(): Disposable & { ask(question: string): Promise<string> } {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D end the prompt; its question is then aborted, or left open.
  const ended = once(terminal, 'close').then(() => 'q');
  return {
    ask: (question) => Promise.race([terminal.question(question).catch(endOfPrompt), ended]),
    [Symbol.dispose]: () => terminal.close(),
  };
}

function endOfPrompt(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'q';
  throw error;
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_ACCEPT', blame: 'host', hint });
}
