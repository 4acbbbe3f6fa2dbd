import { randomUUID } from 'node:crypto';
import { asKconformError, type KconformError } from '../errors.ts';
import type { KernelFacts } from '../expect/resolve.ts';
import type { Accelerator } from '../guest/machine.ts';
import { readConfig } from '../kernels/config.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { Case } from './cases.ts';
import { type Environment, type GuestSource, type Isolation, prepareEnvironment } from './environment.ts';
import type { CaseResult, KernelIdentity, Reporter, RunEvent } from './events.ts';
import { type CaseRun, runCase } from './run-case.ts';

export interface RunOptions {
  readonly kernels: readonly Kernel[];
  readonly cases: readonly Case[];
  readonly accelerator: Accelerator | undefined;
  readonly isolation: Isolation;
  /** Guests at once. */
  readonly jobs: number;
  /** Whether to scan for leaks after every case. */
  readonly leaks: boolean;
  readonly version: string;
  readonly reporters: readonly Reporter[];
  readonly signal: AbortSignal;
}

/** One case on one kernel, waiting for its turn. */
interface Job {
  readonly kernel: Kernel;
  readonly testCase: Case;
}

/**
 * Runs every case on every kernel, in pristine guests, and tells the reporters as it goes.
 * @throws what kept the run from being made at all; whatever concerns one case is in its result
 */
export async function run(options: RunOptions): Promise<CaseResult[]> {
  const startedAt = performance.now();
  const emit = async (event: RunEvent) => {
    for (const reporter of options.reporters) await reporter.on(event);
  };
  const progress = (message: string) => void emit({ type: 'progress', message });
  const [sample] = options.kernels;
  if (sample === undefined) return [];
  const environment = await prepareEnvironment(sample, options.accelerator, progress);
  await emit({
    type: 'run-started',
    id: randomUUID(),
    startedAt: new Date().toISOString(),
    kconform: options.version,
    host: environment.host,
    plan: { kernels: options.kernels.length, cases: options.cases.length },
  });

  const sources = new Map<Kernel, Promise<GuestSource | KconformError>>();
  const sourceOf = (kernel: Kernel) => {
    const known = sources.get(kernel);
    if (known !== undefined) return known;
    const made = openSource(environment, kernel, options, emit);
    sources.set(kernel, made);
    return made;
  };

  const queue: Job[] = options.kernels.flatMap((kernel) => options.cases.map((testCase) => ({ kernel, testCase })));
  const results: CaseResult[] = [];
  const work = async () => {
    for (let job = queue.shift(); job !== undefined && !options.signal.aborted; job = queue.shift()) {
      await emit({ type: 'case-started', kernel: identityOf(job.kernel), case: job.testCase.name });
      const { result, console, transcript } = await runJob(job, environment, () => sourceOf(job.kernel), options);
      if (options.signal.aborted) return; // cut off by the interruption: nothing is said of it
      results.push(result);
      await emit({ type: 'case-finished', kernel: identityOf(job.kernel), result, console, transcript });
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  const durationMs = Math.round(performance.now() - startedAt);
  await emit({ type: 'run-finished', durationMs, interrupted: options.signal.aborted });
  return results;
}

async function openSource(
  environment: Environment,
  kernel: Kernel,
  options: RunOptions,
  emit: (event: RunEvent) => Promise<void>,
): Promise<GuestSource | KconformError> {
  const progress = (message: string) => void emit({ type: 'progress', message });
  try {
    progress(`booting ${kernel.version}`);
    const source = await environment.guestsOf(kernel, options.isolation, progress, options.signal);
    await emit({ type: 'kernel-ready', kernel: identityOf(kernel), ms: source.readyMs });
    return source;
  } catch (error) {
    return asKconformError(error, 'harness', 'KC_TEMPLATE');
  }
}

async function runJob(
  { kernel, testCase }: Job,
  environment: Environment,
  sourceOf: () => Promise<GuestSource | KconformError>,
  options: RunOptions,
): Promise<{ result: CaseResult } & Pick<CaseRun, 'console' | 'transcript'>> {
  let startedAt = performance.now();
  const facts: KernelFacts = { version: upstreamVersion(kernel), config: await readConfig(kernel) };
  const start = async () => {
    const source = await sourceOf();
    if (source instanceof Error) throw source;
    startedAt = performance.now(); // a template's boot is no case's time
    return { machine: await source.start(options.signal), proof: source.proof };
  };
  const { limits } = environment;
  const { signal, leaks } = options;
  const done = await runCase(testCase, { kernel: facts, symbols: kernel.symbols, limits, signal, leaks, start });
  const { console, transcript } = done;
  const durationMs = Math.round(performance.now() - startedAt);
  return { result: resultOf(kernel, testCase, done, durationMs), console, transcript };
}

function resultOf(kernel: Kernel, testCase: Case, { judgement, error }: CaseRun, durationMs: number): CaseResult {
  const { verdict, blame, reason, fix, observations, oracles } = judgement;
  return {
    kernel: identityOf(kernel),
    case: testCase.name,
    verdict,
    durationMs,
    ...(blame === undefined ? {} : { blame }),
    ...(reason === undefined ? {} : { reason }),
    ...(fix === undefined ? {} : { fix }),
    observations,
    oracles,
    ...(error === undefined ? {} : { evidence: error.evidence }),
    ...(error?.hint === undefined ? {} : { hint: error.hint }),
    rerun: `npx kconform run ${testCase.name} --kernel ${kernel.spec}`,
  };
}

function identityOf(kernel: Kernel): KernelIdentity {
  return { spec: kernel.spec, version: kernel.version, package: kernel.package };
}
