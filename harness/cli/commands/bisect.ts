import { type Command, Option } from 'commander';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { painterFor } from '../../report/text/colour.ts';
import { type ExplainedChange, printBisection } from '../../report/text/series/bisection.ts';
import { quote } from '../../scenario/api/guest.ts';
import { type Found, search } from '../../series/search.ts';
import { explain } from '../bisect/explain.ts';
import { type KernelRange, kernelsBetween, kernelsOfSeries, refusal, SERIES } from '../bisect/kernels.ts';
import { Looker } from '../bisect/looker.ts';
import { limitOption, splatOption } from '../bisect/options.ts';
import { type SeriesSubject, type SubjectOptions, seriesSubject } from '../bisect/subject.ts';
import { withLimit } from '../bisect/time-outs.ts';
import { withInterruption } from '../interruption.ts';
import { machineOptions } from '../machine-options.ts';
import { acceleratorOption, kernelsOption, positive } from '../options.ts';
import { programOptions } from '../programs/options.ts';
import { freshOption, type ReuseChoice } from '../reuse-options.ts';

interface Options extends ReuseChoice, SubjectOptions {
  readonly kernel?: readonly string[];
  readonly good?: string;
  readonly bad?: string;
  readonly tree?: string;
  readonly profile: string;
  readonly fix?: true;
  readonly accel?: Accelerator;
  readonly limit?: number;
  readonly repeat: number;
  readonly jobs: number;
}

/** So many kernels are looked at once. */
const JOBS = 2;
/** Looks between kernels that are alike: a bug may come and go within the series. */
const SAMPLES = { unchanged: 7, changed: 2 };

export function addBisectCommand(program: Command): void {
  freshOption(programOptions(machineOptions(program.command('bisect'))))
    .description('find the release that broke or fixed something, or judge one commit for git bisect run (--tree)')
    .argument(
      '<case|file>',
      'a case, or what repro takes: a scenario, a program, a folder; :PATH behind it is an observation',
    )
    .argument('[args...]', 'arguments of the program, behind --')
    .addOption(kernelsOption(`default: ${SERIES}`))
    .option('--good <spec>', 'a published kernel on which it is good; with --bad, instead of --kernel')
    .option('--bad <spec>', 'a published kernel, older or newer, on which it is bad')
    .addOption(splatOption())
    .addOption(limitOption())
    .option('--repeat <count>', 'run it up to this many times on each kernel, until it is bad', positive, 1)
    .option('--jobs <count>', 'look at this many kernels at once', positive, JOBS)
    .option('--tree <folder>', "build and judge this kernel tree as it is now, for 'git bisect run'")
    .addOption(new Option('--profile <name>', 'the build profile for the tree').default('debug'))
    .option('--fix', 'find the commit that fixed the bug, with --tree: older commits are the bad ones')
    .addOption(acceleratorOption())
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
A file is bad where it is reproduced, as repro says it: an exit code that is not 0, a signal, a failed subtest, or a splat. A case is
bad with FAIL or XFAIL. The oldest and the newest kernel are looked at first, which tells what is good and what is bad. A file that
does not end on some kernels is such a difference too; a second run with twice the time confirms it. With FILE:PATH the
question is where the value of that observation changes.

The answer is one line, then what was observed on each kernel that was tried, then the changes between the two that the changelog has:
the fixes that the case names, or those whose titles fit. Where a release gives SKIP or ERROR, its neighbours are tried. Where
both ends are alike, kernels between them are tried. What the answer rests on is run twice.

Examples:
  npx kconform bisect report.c
  npx kconform bisect report.ts:minusOne --kernel 6.12.43..6.12.101
  npx kconform bisect report.c --splat 'pagemap_scan_pmd_entry'
  npx kconform bisect bpffs/unpin-releases-at-once
  npx kconform bisect bpffs/unpin-grace-period:symlink --good 6.12.101 --bad 6.12.57
  cd ~/linux && git bisect start v6.12.57 v6.12.43 &&
    git bisect run npx --prefix ~/kconform kconform bisect --tree . bpffs/unpin-grace-period:symlink
  cd ~/linux && git bisect start --term-old broken --term-new fixed v6.12.57 v6.12.43 &&
    git bisect run npx --prefix ~/kconform kconform bisect --tree . --fix bpffs/unpin-releases-at-once

Exit codes: 0 found, 2 not found, 130 interrupted. With --tree, as git bisect run reads them: 0 good, 1 bad (also a panic during the case;
--fix swaps the two), 125 the commit does not build or boot, or is undetermined, 128 an error that every commit would have.`,
    )
    .action(bisectCommand);
}

async function bisectCommand(asked: string, words: readonly string[], options: Options): Promise<void> {
  if (options.tree !== undefined) {
    const { bisectTree } = await import('./bisect-tree.ts');
    process.exitCode = await withInterruption((signal) =>
      bisectTree({ ...options, tree: options.tree ?? '.', asked, words }, signal),
    );
    return;
  }
  if (options.fix === true)
    throw refusal('--fix goes with --tree', 'without --tree, --good and --bad name the two releases');
  process.exitCode = await withInterruption(async (signal) => {
    const { good, bad, accel } = options;
    if ((good === undefined) !== (bad === undefined))
      throw refusal('two kernels are needed', 'name both with --good and --bad, or none');
    const subject = await seriesSubject(asked, words, { ...options, signal });
    const range =
      good === undefined || bad === undefined
        ? await kernelsOfSeries(options.kernel ?? [SERIES], signal)
        : await kernelsBetween(good, bad, signal);
    const testCase = await withLimit(subject.testCase, options.limit, range.kernels[0], { accel, signal });
    const looker = new Looker({ ...subject, testCase }, { ...options, accel, signal });
    if (range.first !== undefined) await checkEnds(range, range.first, looker, signal);
    const found = await search(
      range.kernels,
      (kernels, again) => looker.look(kernels, again),
      {
        atOnce: options.jobs,
        samples: SAMPLES,
      },
      signal,
    );
    if (signal.aborted) return 130;
    const timeline = `npx kconform timeline ${quote([asked, ...(options.kernel ?? []).flatMap((spec) => ['--kernel', spec])])}`;
    const bisection = {
      subject: asked,
      isValue: subject.isFile && subject.path !== undefined,
      changes: await explained(found, looker, subject, signal),
      seen: found.seen.flatMap(({ item }) => looker.seen().filter(({ kernel }) => kernel.id === item.id)),
      count: range.kernels.length,
      timeline,
    };
    process.stdout.write(printBisection(bisection, painterFor(process.stdout)));
    return found.changes.length === 0 ? 2 : 0;
  });
}

/** The ends must be as the user says. @throws KC_BISECT (host) */
async function checkEnds(
  { kernels }: KernelRange,
  first: 'good' | 'bad',
  looker: Looker,
  signal: AbortSignal,
): Promise<void> {
  const [oldest, newest] = [kernels[0], kernels.at(-1)];
  if (oldest === undefined || newest === undefined) return;
  await looker.look([oldest, newest], false);
  for (const [kernel, expected] of [
    [oldest, first],
    [newest, first === 'good' ? 'bad' : 'good'],
  ] as const) {
    const state = looker.stateOf(kernel);
    if (signal.aborted || state === expected || (state === 'no end' && expected === 'bad')) continue;
    throw refusal(
      `${kernel.version} should be ${expected}, but ${state === undefined ? 'it is undetermined' : `it is ${state}`}`,
      'npx kconform timeline CASE prints the result on each release',
    );
  }
}

function explained(
  { changes }: Found<PlannedKernel>,
  looker: Looker,
  subject: SeriesSubject,
  signal: AbortSignal,
): Promise<ExplainedChange[]> {
  const results = looker.seen().flatMap((seen) => (seen.state === 'bad' ? seen.results : []));
  return Promise.all(
    changes.map(async (change) => {
      const [from, to] = [looker.stateOf(change.before), looker.stateOf(change.after)];
      const setting = { results, isFix: to === 'good', signal };
      return { ...change, from, to, explanation: await explain(change, subject, setting) };
    }),
  );
}
