import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';
import type { KnownBug } from '../../expect/expectation.ts';
import { type PlannedKernel, planKernels } from '../../kernels/resolve.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printTimeline } from '../../report/text/series/timeline.ts';
import type { Case } from '../../run/discovery/cases.ts';
import type { Judged } from '../../run/results/results-file.ts';
import { timelineOf } from '../../series/timeline.ts';
import { SERIES } from '../bisect/kernels.ts';
import { limitOption, splatOption } from '../bisect/options.ts';
import { type SubjectOptions, seriesSubject } from '../bisect/subject.ts';
import { confirmTimeOuts, withLimit } from '../bisect/time-outs.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeKernels, readAll, type SeriesOptions } from '../judge-series.ts';
import { machineOptions } from '../machine-options.ts';
import { caseAndPath } from '../one-case.ts';
import { progressToStderr, resultsOptions } from '../options.ts';
import { programOptions } from '../programs/options.ts';

interface Options extends SeriesOptions, SubjectOptions {
  readonly cases?: string;
  readonly limit?: number;
  readonly json?: true;
}

export function addTimelineCommand(program: Command): void {
  resultsOptions(programOptions(machineOptions(program.command('timeline'))), `default: ${SERIES}`)
    .description('print at which version the result of a case, a file or an observation changed')
    .argument(
      '<case|file>',
      'a case, or what repro takes; :PATH behind it is an observation: bpffs/mount-owner:root.uid',
    )
    .argument('[args...]', 'arguments of the program, behind --')
    .addOption(splatOption())
    .addOption(limitOption())
    .addHelpText(
      'after',
      `
--results reads existing results. Otherwise the case runs on the kernels of --kernel (default: all published versions of 6.12). The
path of an observation includes everything below it. Without a path, the observations that changed are printed.
A file is FAIL where repro calls it reproduced, and where it does not end within its time nor within twice of it.

Examples:
  npx kconform timeline bpffs/unpin-releases-at-once
  npx kconform timeline bpffs/unpin-releases-at-once:hash.afterwards --results out
  npx kconform timeline report.c
  npx kconform timeline bpffs/unpin-grace-period --kernel 6.12.86..6.12.107 --json`,
    )
    .action(timelineCommand);
}

async function timelineCommand(asked: string, words: readonly string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const { results, name, observation } =
      options.results === undefined
        ? await judgeSubject(asked, words, options, signal)
        : { ...readName(asked), results: await readAll(options.results) };
    if (signal.aborted) return 130;
    const folder = options.cases ?? (await findDefaults()).cases;
    const timeline = timelineOf(results, name, observation);
    if (timeline.kernels.length === 0) throw notJudged(name, new Set(results.map((one) => one.case)));
    if (observation !== undefined && timeline.observations.size === 0) throw notObserved(name, observation);
    if (options.json === true) {
      const observations = Object.fromEntries(timeline.observations);
      process.stdout.write(`${JSON.stringify({ ...timeline, observations }, undefined, 2)}\n`);
    } else {
      process.stdout.write(printTimeline(timeline, await declaredBugs(folder, name), painterFor(process.stdout)));
    }
    return 0;
  });
}

interface Judgements {
  readonly results: readonly Judged[];
  readonly name: string;
  readonly observation: string | undefined;
}

/** A wrong name or path is refused before anything is run. */
async function judgeSubject(
  asked: string,
  words: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<Judgements> {
  const subject = await seriesSubject(asked, words, { ...options, signal });
  const kernels = await planKernels(options.kernel ?? [SERIES], { signal, progress: progressToStderr });
  const running = { accel: options.accel, signal };
  const testCase = await withLimit(subject.testCase, options.limit, kernels[0], running);
  const first = await judgeKernels(kernels, [testCase], options, signal);
  const { out: _, ...again } = options;
  const runOn = (own: readonly PlannedKernel[], one: Case) => judgeKernels(own, [one], again, signal);
  const isOver = !subject.endsInTime || signal.aborted;
  const results = isOver ? first : await confirmTimeOuts(first, kernels, { testCase, runOn, running });
  return { results, name: testCase.name, observation: subject.path };
}

/** As results have it: of a file the last part of its path. */
function readName(asked: string): Omit<Judgements, 'results'> {
  const { name, path } = caseAndPath(asked);
  return { name: existsSync(name) && statSync(name).isFile() ? basename(name) : name, observation: path };
}

/** What the case declares today; nothing where results came from elsewhere and the case is not here. */
async function declaredBugs(folder: string, name: string): Promise<readonly KnownBug[]> {
  const found = await chosenCases([name], { cases: folder }).catch(() => []);
  const loaded = found.find((one) => one.name === name)?.loaded;
  return loaded === undefined || loaded instanceof Error ? [] : (loaded.expectation.knownBugs ?? []);
}

function notJudged(name: string, judged: ReadonlySet<string>): KconformError {
  const [first] = judged;
  return new KconformError(`${name} is not in the results`, {
    code: 'KC_NO_SUCH_CASE',
    blame: 'host',
    hint:
      didYouMean(name, judged) ??
      `the results have ${first === undefined ? 'no case' : `other cases, such as ${first}`}`,
  });
}

function notObserved(name: string, path: string): KconformError {
  return new KconformError(`${name} observed no "${path}" there`, {
    code: 'KC_NO_SUCH_OBSERVATION',
    blame: 'host',
    hint: 'npx kconform cases CASE --observations lists them',
  });
}
