import { asKconformError, KconformError } from '../../errors/error.ts';
import { type Standing, standingAt } from '../../expect/judge/standing.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { buildTree } from '../../kernels/build/build.ts';
import { readConfig } from '../../kernels/config.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import { printError } from '../../report/text/error.ts';
import { runCase } from '../../run/case/run-case.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { type SeriesSubject, type SubjectOptions, seriesSubject } from '../bisect/subject.ts';
import { progressToStderr } from '../options.ts';

/** As `git bisect run` reads them (git-bisect(1)): 0 for what the older commits are, 1 for the newer; from 128 on it stops. */
const EXIT = { good: 0, bad: 1, unknown: 125, stop: 128 } as const;
const EXIT_FOR_FIX = { ...EXIT, good: 1, bad: 0 } as const;

interface TreeOptions extends SubjectOptions {
  readonly tree: string;
  readonly profile: string;
  /** What the command line names: a case or a file. */
  readonly asked: string;
  /** Arguments of a program. */
  readonly words: readonly string[];
  /** Whether the commit is sought that fixed it: the older ones misbehave. */
  readonly fix?: true;
  readonly accel?: Accelerator;
}

/**
 * Builds the tree as it stands and judges one case on it. What concerns this commit alone (it does not build with the profile, does
 * not boot) is 125; what would befall each commit (no such case, no compiler, a full disk) stops the bisection. Never throws.
 * @returns the exit code
 */
export async function bisectTree(options: TreeOptions, signal: AbortSignal): Promise<number> {
  try {
    const subject = await seriesSubject(options.asked, options.words, { ...options, signal });
    if (subject.isFile && subject.path !== undefined)
      throw new KconformError(`${options.asked} is a value, of which no commit is good or bad`, {
        code: 'KC_BISECT',
        blame: 'host',
        hint: 'name a file that fails or a case',
      });
    const kernel = await buildTree(options.tree, options.profile, { signal, progress: progressToStderr });
    const standing = await judgeTree(kernel, subject, options, signal);
    return (options.fix === true ? EXIT_FOR_FIX : EXIT)[standing];
  } catch (error) {
    process.stderr.write(printError(error, { debug: false }));
    return concernsCommit(error) ? EXIT.unknown : EXIT.stop;
  }
}

function concernsCommit(error: unknown): boolean {
  return error instanceof KconformError && (error.code === 'KC_BUILD' || error.code === 'KC_CONFIG_DROPPED');
}

async function judgeTree(
  kernel: Kernel,
  { testCase, path }: SeriesSubject,
  { accel }: TreeOptions,
  signal: AbortSignal,
): Promise<Standing> {
  const environment = await prepareEnvironment(kernel, accel, progressToStderr, signal);
  const { limits, host } = environment;
  const booted = await boot();
  if (booted instanceof KconformError) {
    if (signal.aborted || booted.blame === 'host') throw booted;
    process.stdout.write(`unknown  ${kernel.version}  it does not boot: ${booted.message}\n`);
    return 'unknown';
  }
  const facts = { version: upstreamVersion(kernel), config: await readConfig(kernel), accelerator: host.accelerator };
  const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const setting = {
    kernel: facts,
    accelerator: host.accelerator,
    symbols: kernel.symbols,
    limits,
    signal,
    leaks: false,
    rest,
    start: async () => booted,
  };
  const { judgement } = await runCase(testCase, setting);
  if (signal.aborted) throw new KconformError('interrupted', { code: 'KC_INTERRUPTED', blame: 'host' });
  const standing = standingAt(judgement, judgement.observations.length === 0 ? undefined : path);
  process.stdout.write(`${standing}  ${kernel.version}  ${judgement.verdict}  ${judgement.reason ?? ''}\n`);
  return standing;

  /** A kernel that dies before any case is no word about the case. */
  async function boot() {
    try {
      const source = await environment.guestsOf(
        { kernel, machine: testCase.machine },
        'clone',
        progressToStderr,
        signal,
      );
      return { machine: await source.start(signal), proof: source.proof };
    } catch (error) {
      return asKconformError(error, 'harness', 'KC_TEMPLATE');
    }
  }
}
