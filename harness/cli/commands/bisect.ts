import { type Command, Option } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { type Standing, standingAt } from '../../expect/judge/standing.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { changesBetween, obtainChangelog } from '../../kernels/debian/changelog.ts';
import { type PlannedKernel, planKernels, planPublished } from '../../kernels/resolve.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import { painterFor } from '../../report/text/colour.ts';
import { type BisectionStep, printChanges, printNeighbours, printStep } from '../../report/text/series/bisection.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import type { Case } from '../../run/discovery/cases.ts';
import type { RunEvent } from '../../run/events.ts';
import { run } from '../../run/run.ts';
import { bisect, rangeBetween } from '../../series/bisect.ts';
import { byAge } from '../../series/kernels.ts';
import { touching } from '../../series/touching.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { caseAndPath, checkPath, oneCase } from '../one-case.ts';
import { acceleratorOption, progressToStderr } from '../options.ts';
import { freshOption, type ReuseChoice, reuseOf } from '../reuse-options.ts';
import { kconformVersion } from '../version.ts';

interface Options extends ReuseChoice {
  readonly good?: string;
  readonly bad?: string;
  readonly tree?: string;
  readonly profile: string;
  readonly fix?: true;
  readonly accel?: Accelerator;
  readonly cases?: string;
}

export function addBisectCommand(program: Command): void {
  freshOption(program.command('bisect'))
    .description('find the release that broke or fixed a case, or judge one commit for git bisect run (--tree)')
    .argument('<case>', 'a case, or one of its observations: bpffs/mount-owner, bpffs/mount-owner:root.uid')
    .option('--good <spec>', 'a published kernel on which the case passes')
    .option('--bad <spec>', 'a published kernel, older or newer, on which it gives FAIL or XFAIL')
    .option('--tree <folder>', "build and judge this kernel tree as it is now, for 'git bisect run'")
    .addOption(new Option('--profile <name>', 'the build profile for the tree').default('debug'))
    .option('--fix', 'find the commit that fixed the bug, with --tree: older commits are the bad ones')
    .addOption(acceleratorOption())
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
It judges both ends first. Where a release gives SKIP or ERROR, it tries its neighbours. The result is two neighbouring releases,
and the entries in the changelog of the newer one that may affect the files that the case names.

Examples:
  npx kconform bisect bpffs/unpin-releases-at-once --good 6.12.57 --bad 6.12.43
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

async function bisectCommand(asked: string, options: Options): Promise<void> {
  const { name, path } = caseAndPath(asked);
  if (options.tree !== undefined) {
    const { bisectTree } = await import('./bisect-tree.ts');
    process.exitCode = await withInterruption((signal) =>
      bisectTree({ ...options, tree: options.tree ?? '.', name, path }, signal),
    );
    return;
  }
  if (options.fix === true)
    throw refusal('--fix goes with --tree', 'without --tree, --good and --bad name the two releases');
  process.exitCode = await withInterruption(async (signal) => {
    const { good, bad } = options;
    if (good === undefined || bad === undefined)
      throw refusal('two kernels are needed', 'name them with --good and --bad');
    const root = options.cases ?? (await findDefaults()).cases;
    const testCase = oneCase(await chosenCases([name], { cases: root }), name);
    if (testCase.loaded instanceof Error) throw testCase.loaded;
    checkPath(testCase, path);
    const { kernels, first } = await between(good, bad, signal);
    const look = looker(testCase, path, options, signal);
    for (const [kernel, expected] of [
      [kernels[0], first],
      [kernels.at(-1), first === 'good' ? 'bad' : 'good'],
    ] as const) {
      if (kernel === undefined) continue;
      const standing = await look(kernel);
      if (signal.aborted) return 130;
      if (standing !== expected) throw wrongEnd(kernel, expected, standing);
    }
    const found = await bisect(kernels, first, look);
    if (signal.aborted) return 130;
    process.stdout.write(printNeighbours(found, first, painterFor(process.stdout)));
    process.stdout.write(await changes(testCase, root, found.before, found.after, signal));
    return 0;
  });
}

/** The published kernels from one end to the other, oldest first, with the ends as they were named. */
async function between(good: string, bad: string, signal: AbortSignal) {
  const options = { signal, progress: progressToStderr };
  const ends: PlannedKernel[] = [];
  for (const spec of [good, bad]) {
    const [kernel, another] = await planPublished(spec, options);
    if (kernel === undefined || another !== undefined) {
      throw refusal(`"${spec}" is not one published kernel`, 'use git bisect run and --tree for your own tree');
    }
    ends.push(kernel);
  }
  const [older, newer] = [...ends].sort(byAge);
  if (older === undefined || newer === undefined || older.package === newer.package) {
    throw refusal('--good and --bad are the same kernel', 'npx kconform kernels lists the kernels');
  }
  const span = rangeBetween(older, newer);
  if (span === undefined) {
    throw refusal(
      `--good and --bad are kernels of two flavours or sources: ${older.version} and ${newer.version}`,
      'name two of one flavour, such as 6.12.57:rt and 6.12.118:rt',
    );
  }
  const numbers = ends.map(upstreamVersion);
  const range = await planKernels([span], options);
  // Of Debian one package stands for a version; of other sources one version can have many releases.
  const isEnd = (kernel: PlannedKernel) =>
    kernel.package?.includes(':linux') === true
      ? ends.some(({ id }) => id === kernel.id)
      : numbers.includes(upstreamVersion(kernel));
  const inner = range.filter((kernel) => !isEnd(kernel));
  return { kernels: [older, ...inner, newer], first: older === ends[0] ? ('good' as const) : ('bad' as const) };
}

function looker(testCase: Case, path: string | undefined, options: Options, signal: AbortSignal) {
  return async (kernel: PlannedKernel): Promise<Standing> => {
    const results = await run({
      kernels: [kernel],
      cases: [testCase],
      boot: undefined,
      accelerator: options.accel,
      reuse: reuseOf(options, true),
      isolation: 'clone',
      jobs: 1,
      leaks: false,
      version: kconformVersion(),
      ownOptions: [],
      reporters: [{ on: tellProgress }],
      signal,
    });
    const [result] = results;
    const standing = result === undefined ? 'unknown' : standingAt(result, path);
    const look: BisectionStep | undefined = result && {
      kernel,
      standing,
      verdict: result.verdict,
      reason: result.reason,
      reused: result.reused !== undefined,
    };
    if (look !== undefined) process.stdout.write(printStep(look));
    return standing;
  };
}

function tellProgress(event: RunEvent): void {
  if (event.type === 'progress') progressToStderr(event.message);
  if (event.type === 'notice') progressToStderr(event.text);
}

/** The entries of the changelog that may explain the change. A missing changelog is reported and does not fail the command. */
async function changes(
  { loaded, name }: Case,
  root: string,
  before: PlannedKernel,
  after: PlannedKernel,
  signal: AbortSignal,
): Promise<string> {
  if (loaded instanceof Error) return '';
  const { about, behaviours = {}, knownBugs = [] } = loaded.expectation;
  const own = (await loadBehaviours(root)).filter(({ id }) => Object.hasOwn(behaviours, id));
  const files = [...new Set(own.map(({ where }) => where))];
  const said = [name, about, ...own.map(({ statement }) => statement), ...knownBugs.map(({ title }) => title)];
  try {
    const changelog = await obtainChangelog(after, { signal, progress: progressToStderr });
    const entries = changesBetween(changelog, before, after);
    const found = touching(
      entries.map(({ title }) => title),
      files,
      said,
    ).map(({ title, score }) => {
      return { title, score, upstream: entries.find((entry) => entry.title === title)?.upstream };
    });
    return printChanges({ source: changelog.source, files, total: entries.length, found });
  } catch (error) {
    if (!(error instanceof KconformError)) throw error;
    return `\nno changelog: ${error.message}\n`;
  }
}

function wrongEnd({ version }: PlannedKernel, expected: string, standing: Standing): KconformError {
  const found = standing === 'unknown' ? 'it is undetermined' : `it is ${standing}`;
  return refusal(
    `${version} should be ${expected}, but ${found}`,
    'npx kconform timeline CASE prints the result on each release',
  );
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_BISECT', blame: 'host', hint });
}
