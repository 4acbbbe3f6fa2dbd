import { prepare } from '../../authors/prepared.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { resolveKernels } from '../../kernels/resolve.ts';
import { printAttempt } from '../../report/text/attempt.ts';
import { observe } from '../../run/case/observe.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { scheduleError } from '../../run/schedule/refusals.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { progressToStderr } from '../options.ts';
import { printConsole } from '../session/console-lines.ts';
import { checkTools, type DebugOptions, needOne } from './options.ts';
import { DebugSession } from './session.ts';

interface DebuggedCase extends DebugOptions {
  readonly accel?: Accelerator | undefined;
  readonly leaks?: true;
}

/**
 * Runs the scenario of one case in one guest that is looked into. Nothing is judged, kept or written.
 * @returns 2, as nothing is known of the kernel
 */
export async function debugCase(
  cases: readonly Case[],
  kernels: readonly string[],
  options: DebuggedCase,
  signal: AbortSignal,
): Promise<2> {
  needOne('cases', cases.length);
  const [testCase] = cases;
  if (testCase === undefined || testCase.loaded instanceof Error) throw testCase?.loaded;
  if (testCase.machine.schedule !== undefined)
    throw scheduleError(
      'run looks into guests without a schedule only',
      'repro does it with one: npx kconform repro FOLDER/scenario.c --schedule 17 --gdb',
    );
  const found = await resolveKernels(kernels, { signal, progress: progressToStderr, symbols: true });
  needOne('kernels', found.length);
  const [kernel] = found;
  if (kernel === undefined) return 2;
  await checkTools(options);
  const environment = await prepareEnvironment(kernel, options.accel, progressToStderr, signal);
  const { limits } = environment;
  const source = await environment.guestsOf({ kernel, machine: testCase.machine }, 'clone', progressToStderr, signal);
  await using prepared = await prepare(testCase.loaded.scenario);
  await using machine = await source.start(signal);
  using _following = printConsole(machine);
  await using debug = await DebugSession.open(machine, kernel, options, signal);
  const seen = await observe(machine, debug.watch(prepared), {
    proof: source.proof,
    symbols: kernel.symbols,
    limits,
    limitMs: limits.scenarioMs,
    leaks: options.leaks === true,
    signal: debug.signal,
    transcript: new Transcript(),
    onNotice: (text) => progressToStderr(text.trimEnd()),
  });
  process.stdout.write(printAttempt(kernel.version, await debug.finish(seen), undefined));
  process.stdout.write(
    `${testCase.name} is not judged: with --gdb, --stop-at, --dump or --backtraces a run gives no verdict\n`,
  );
  return 2;
}
