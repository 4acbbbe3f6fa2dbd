import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import type { Expectation } from '../expect/expectation.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { type PlannedKernel, planKernels } from '../kernels/resolve.ts';
import { painterFor } from '../report/text/colour.ts';
import { printUpdate } from '../report/text/series/update.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { CaseResult } from '../run/events.ts';
import { updateDocument } from '../series/documents.ts';
import { kernelsOf, labelsOf } from '../series/kernels.ts';
import { updateExitCode, updateOf } from '../series/update.ts';
import { chosenCases } from './chosen-cases.ts';
import { judgeKernels, type SeriesOptions } from './judge-series.ts';
import { progressToStderr } from './options.ts';
import type { RacesChoice } from './races.ts';

export interface CompareOptions extends SeriesOptions, RacesChoice {
  readonly cases?: string;
  readonly json?: true;
}

/**
 * Whether the two words of the command line are results or kernels. A path that exists goes before a version of the same name.
 * @throws KC_COMPARE (host) where they are one of each
 */
export function meansKernels(words: readonly [string, string]): boolean {
  const kinds = words.map((word) => (isResults(word) ? 'results' : 'a kernel'));
  const [before, after] = kinds;
  if (before === after) {
    if (before === 'a kernel') return true;
    for (const word of words.filter(looksLikeVersion))
      progressToStderr(`${word} is the path of that name here, not the kernel`);
    return false;
  }
  const namesake = words.find((word) => isResults(word) && looksLikeVersion(word));
  throw new KconformError(`${words[0]} is ${before} and ${words[1]} is ${after}`, {
    code: 'KC_COMPARE',
    blame: 'host',
    hint:
      namesake === undefined
        ? 'name two results or two kernels'
        : `${namesake} is a path here, and so not a kernel; run kconform in another folder to compare kernels`,
  });
}

/** A folder of --out, or its results.json. A path that is called like a version is no kernel. */
function isResults(word: string): boolean {
  if (!existsSync(word)) return /\.json$/.test(word);
  if (looksLikeVersion(word) || /\.json$/.test(word)) return true;
  return statSync(word).isDirectory() && existsSync(join(word, 'results.json'));
}

function looksLikeVersion(word: string): boolean {
  return /^\d+(\.\d+)*([:+~-][\w.+~-]*)?\/?$/.test(word);
}

/** Runs the cases on both kernels, and prints what changes from one to the other. @returns the exit code */
export async function compareKernels(
  specs: readonly [string, string],
  names: readonly string[],
  options: CompareOptions,
  signal: AbortSignal,
): Promise<number> {
  const kernels = await Promise.all(
    specs.map(async (spec) => {
      const [kernel, another] = await planKernels([spec], { signal, progress: progressToStderr });
      if (kernel !== undefined && another === undefined) return kernel;
      throw refusal(`"${spec}" is not one kernel`, 'name two kernels; npx kconform matrix compares more');
    }),
  );
  const [before, after] = kernels;
  if (before === undefined || after === undefined || before.id === after.id)
    throw refusal(`${specs.join(' and ')} are the same kernel`, 'npx kconform kernels lists the kernels');
  const races = options.races ? 'only' : 'named';
  const cases = await chosenCases(names, { cases: options.cases, races, signal });
  const first = await judgeKernels(kernels, cases, options, signal);
  const results = signal.aborted ? first : await confirmFailures(first, kernels, { cases, options, signal });
  if (signal.aborted) return 130;
  const judged = kernelsOf(results);
  const known = (kernel: typeof before) => judged.find(({ id }) => id === kernel.id) ?? kernel;
  const update = updateOf(known(before), known(after), results, expectationsOf(cases));
  if (options.json === true) process.stdout.write(`${JSON.stringify(updateDocument(update), undefined, 2)}\n`);
  else process.stdout.write(printUpdate(update, labelsOf([update.before, update.after]), painterFor(process.stdout)));
  return updateExitCode(update);
}

interface Setting {
  readonly cases: readonly Case[];
  readonly options: CompareOptions;
  readonly signal: AbortSignal;
}

/**
 * A FAIL that nobody has declared may be an accident: such a case runs once more on both kernels, and where the two runs do not
 * agree, the result is unstable. FAILs of earlier runs are used only if two runs agreed.
 */
async function confirmFailures(
  first: readonly CaseResult[],
  kernels: readonly PlannedKernel[],
  { cases, options, signal }: Setting,
): Promise<readonly CaseResult[]> {
  const doubtful = new Set(
    first.filter(({ verdict, reused }) => verdict === 'FAIL' && reused === undefined).map((one) => one.case),
  );
  if (doubtful.size === 0) return first;
  progressToStderr(`FAIL is looked at again: ${[...doubtful].join(', ')}`);
  const { out: _, ...rest } = options;
  const again = await judgeKernels(
    kernels,
    cases.filter(({ name }) => doubtful.has(name)),
    { ...rest, fresh: true },
    signal,
  );
  return first.map((one) => {
    const second = again.find((other) => other.case === one.case && other.kernel.id === one.kernel.id);
    if (second === undefined || second.case === BOOT || second.verdict === one.verdict) return one;
    const { verdict, reason } = one;
    return {
      ...second,
      earlier: { at: new Date().toISOString(), verdict, ...(reason === undefined ? {} : { reason }) },
    };
  });
}

/** Options and arguments that say nothing about results that are there. @throws KC_COMPARE (host) */
export function refuseForResults(names: readonly string[], options: CompareOptions): void {
  const { out, jobs, accel, fresh, recheck, cases, races } = options;
  const given = Object.entries({ out, jobs, accel, fresh, recheck, cases, races }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  const [first] = [...names, ...given];
  if (first !== undefined) throw refusal(`${first} is for two kernels, and these are results`, 'leave it out');
}

function expectationsOf(cases: readonly Case[]): ReadonlyMap<string, Expectation> {
  return new Map(
    cases.flatMap(({ name, loaded }) => (loaded instanceof Error ? [] : [[name, loaded.expectation] as const])),
  );
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_COMPARE', blame: 'host', hint });
}
