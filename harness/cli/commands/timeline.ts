import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';
import type { KnownBug } from '../../expect/expectation.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printTimeline } from '../../report/text/series/timeline.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { timelineOf } from '../../series/timeline.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeOn, readAll, type SeriesOptions } from '../judge-series.ts';
import { caseAndPath, checkPath, oneCase } from '../one-case.ts';
import { resultsOptions } from '../options.ts';

interface Options extends SeriesOptions {
  readonly cases?: string;
  readonly json?: true;
}

export function addTimelineCommand(program: Command): void {
  resultsOptions(program.command('timeline'), 'default: published:6.12')
    .description('print at which version the result of a case or observation changed')
    .argument('<case>', 'a case, or one of its observations: bpffs/mount-owner, bpffs/mount-owner:root.uid')
    .addHelpText(
      'after',
      `
--results reads existing results. Otherwise the case runs on the kernels of --kernel (default: all published versions of 6.12). The
path of an observation includes everything below it. Without a path, the observations that changed are printed.

Examples:
  npx kconform timeline bpffs/unpin-releases-at-once
  npx kconform timeline bpffs/unpin-releases-at-once:hash.afterwards --results out
  npx kconform timeline bpffs/unpin-grace-period --kernel 6.12.86..6.12.107 --json`,
    )
    .action(timelineCommand);
}

async function timelineCommand(asked: string, options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const { name, path: observation } = caseAndPath(asked);
    const folder = options.cases ?? (await findDefaults()).cases;
    const results =
      options.results === undefined
        ? await judgeOn(
            options.kernel ?? ['published:6.12'],
            [await caseNamed(folder, name, observation)],
            options,
            signal,
          )
        : await readAll(options.results);
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

/** A wrong name or path is refused before anything is run. */
async function caseNamed(folder: string, name: string, observation: string | undefined): Promise<Case> {
  const testCase = oneCase(await chosenCases([name], { cases: folder }), name);
  checkPath(testCase, observation);
  return testCase;
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
