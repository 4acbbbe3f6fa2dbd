import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthorPool } from '../authors/pool.ts';
import { cachePath } from '../cache/folder.ts';
import { cacheLimit, keepWithin } from '../cache/inventory.ts';
import { asKconformError, type KconformError } from '../errors/error.ts';
import { BOOT, type BootDeclarations } from '../expect/judge/boot.ts';
import { isUnexpected } from '../expect/outcome.ts';
import type { KernelFacts } from '../expect/resolve.ts';
import type { Accelerator } from '../guest/qemu/machine.ts';
import { readConfig } from '../kernels/config.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { upstreamVersion } from '../kernels/version.ts';
import { quote } from '../scenario/api/guest.ts';
import { Audience } from './audience.ts';
import { runBoot } from './case/boot.ts';
import { type Attempt, lookAgain } from './case/retry.ts';
import { type CaseRun, notRun, runCase } from './case/run-case.ts';
import type { Case } from './discovery/cases.ts';
import { type Environment, type GuestSource, type Isolation, prepareEnvironment } from './environment.ts';
import {
  type CaseResult,
  jobKey,
  type KernelIdentity,
  type PlannedIdentity,
  type Reporter,
  type RunEvent,
} from './events.ts';
import { type Durations, longestFirst, readDurations, rememberDurations } from './pool/durations.ts';
import { availableMemory, capacityFor, schedule, type Turn } from './pool/scheduler.ts';
import { divide, type Shard, type Share } from './pool/shard.ts';

export interface RunOptions {
  readonly kernels: readonly PlannedKernel[];
  readonly cases: readonly Case[];
  readonly accelerator: Accelerator | undefined;
  readonly isolation: Isolation;
  /** What is known of the boots of the kernels, which are judged as one more case; undefined: they are not judged. */
  readonly boot: BootDeclarations | undefined;
  /** Guests that work at once; as many as the host carries when undefined. */
  readonly jobs: number | undefined;
  /** Whether to scan for leaks after every case. */
  readonly leaks: boolean;
  /** Whether to look again at what is unexpected, in a fresh clone and in a guest booted for it. */
  readonly retry?: boolean;
  /** The part of the cases and kernels that is this run's; all of them without. */
  readonly shard?: Shard;
  /** How long cases take, in a file that all parts have: they are then as long as one another. */
  readonly shardDurations?: Durations;
  /** See Planned. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What an earlier run judged: taken as it is. */
  readonly judged?: readonly Attempt[];
  readonly version: string;
  /** Words of the command line that hold for each of its cases: `['--isolation', 'cold']`. */
  readonly ownOptions: readonly string[];
  readonly reporters: readonly Reporter[];
  readonly signal: AbortSignal;
}

/** Where the cache keeps how long each case took. */
const DURATIONS = 'durations.json';

/** One case on one kernel, or the kernel's boot, waiting for its turn. */
interface Job {
  readonly kernel: PlannedKernel;
  readonly testCase: Case | typeof BOOT;
}

/**
 * Runs every case on every kernel, in pristine guests, and tells the reporters as it goes.
 * @throws what kept the run from being made at all, or from being told; whatever concerns one case is in its result
 */
export async function run(given: RunOptions): Promise<CaseResult[]> {
  const startedAt = performance.now();
  const limitBytes = cacheLimit(process.env.KCONFORM_CACHE_GIB);
  const audience = new Audience(given.reporters);
  const emit = (event: RunEvent) => audience.tell(event);
  const options = { ...given, signal: AbortSignal.any([given.signal, audience.failed]) };
  const progress = (message: string) => void emit({ type: 'progress', message });
  const obtained = once((kernel: PlannedKernel) =>
    kernel.obtain().catch((error) => asKconformError(error, 'host', 'KC_KERNEL')),
  );
  const jobs = jobsOf(options, await readDurations(cachePath(DURATIONS)));
  const order = [...new Set(jobs.map(({ kernel }) => kernel))];
  const sample = await firstObtained(order.length > 0 ? order : options.kernels, obtained);
  if (sample === undefined) return [];
  const environment = await prepareEnvironment(sample, options.accelerator, progress, options.signal);
  await emit({
    type: 'run-started',
    id: randomUUID(),
    startedAt: new Date().toISOString(),
    kconform: options.version,
    host: environment.host,
    plan: { kernels: options.kernels.length, cases: options.cases.length },
    planned: {
      kernels: options.kernels.map(plannedIdentityOf),
      cases: [...(options.boot === undefined ? [] : [BOOT]), ...options.cases.map(({ name }) => name)],
      ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    },
  });
  audience.throwFailure();
  const results: CaseResult[] = [];
  for (const { result, console, transcript } of options.judged ?? []) {
    results.push(result);
    await emit({ type: 'case-finished', kernel: result.kernel, result, console, transcript });
  }

  /** Whatever guests of a kernel come from in this run. */
  const opened = new Map<PlannedKernel, readonly GuestSource[]>();
  const sourcesBy = (isolation: Isolation) =>
    once(async (kernel: PlannedKernel) => {
      const image = await obtained(kernel);
      if (image instanceof Error) return image;
      const source = await openSource(environment, image, { ...options, isolation }, emit);
      if (!(source instanceof Error)) opened.set(kernel, [...(opened.get(kernel) ?? []), source]);
      return source;
    });
  const sourcesOf = { clone: sourcesBy('clone'), cold: sourcesBy('cold') };
  const sourceOf = sourcesOf[options.isolation];
  const memory = availableMemory(readFileSync('/proc/meminfo', 'utf8'));
  const capacity = capacityFor(options.jobs, memory);
  /** Kernels whose turn is near are fetched, and booted, while the cases of another run. */
  const lookAhead = (job: Job) => {
    const next = order[order.indexOf(job.kernel) + 1];
    if (next !== undefined) void obtained(next);
    const soon = jobs[jobs.indexOf(job) + capacity.cores];
    if (soon !== undefined) void sourceOf(soon.kernel);
  };
  const noticed = new Set<string>();
  /** A compiler says the same for every kernel. */
  const notice = (text: string) => {
    if (noticed.has(text)) return;
    noticed.add(text);
    void emit({ type: 'notice', text });
  };
  const left = new Map<PlannedKernel, number>();
  for (const { kernel } of jobs) left.set(kernel, (left.get(kernel) ?? 0) + 1);
  /** When all cases of a kernel are over, its frozen guest goes if the cache is too large. */
  const caseIsOver = async (kernel: PlannedKernel) => {
    const count = (left.get(kernel) ?? 0) - 1;
    left.set(kernel, count);
    if (count > 0) return;
    await tellLateBoots(kernel);
    const image = await obtained(kernel);
    if (!(image instanceof Error)) await environment.release(image);
    // A cache that cannot be written is no fault of the run.
    await keepWithin(limitBytes, progress).catch((error: unknown) => progress(`the cache was not tidied: ${error}`));
  };
  const durations: Record<string, number> = {};
  await using processes = new AuthorPool(capacity.cores);
  if (jobs.length > 0) processes.fill();
  await schedule(jobs, capacity, options.signal, async (job, turn) => {
    await judge(job, turn);
    await caseIsOver(job.kernel);
  });
  await rememberDurations(cachePath(DURATIONS), durations);
  const durationMs = Math.round(performance.now() - startedAt);
  await emit({ type: 'run-finished', durationMs, interrupted: options.signal.aborted });
  audience.throwFailure();
  return results;

  async function judge(job: Job, turn: Turn): Promise<void> {
    const { kernel, testCase } = job;
    lookAhead(job);
    if (testCase === BOOT) return judgeBoot(kernel);
    await emit({ type: 'case-started', kernel: identityOf(kernel), case: testCase.name });
    const image = await obtained(kernel);
    const attempt = (source: () => Promise<GuestSource | KconformError>): Promise<Attempt> | Attempt =>
      image instanceof Error
        ? { result: resultOf(kernel, testCase, notRun(image), 0, options), console: '', transcript: '' }
        : runJob(image, testCase, environment, turn, source, notice, processes, options);
    const first = await attempt(() => sourceOf(kernel));
    const again = options.retry === true && isUnexpected(first.result.verdict) && isLoaded(testCase);
    const attempted =
      again && !((await sourceOf(kernel)) instanceof Error)
        ? await lookAgain(first, async (isolation) => attempt(() => sourcesOf[isolation](kernel)), options.signal)
        : first;
    if (await tell(attempted)) durations[testCase.name] = attempted.result.durationMs;
  }

  /** @returns false where it was cut off by the interruption: nothing is said of it */
  async function tell({ result, console, transcript }: Attempt): Promise<boolean> {
    if (options.signal.aborted) return false;
    results.push(result);
    await emit({ type: 'case-finished', kernel: result.kernel, result, console, transcript });
    return true;
  }

  /** A template's boot is over when there are guests; of boots for each case the last is over with the last case. */
  async function judgeBoot(kernel: PlannedKernel): Promise<void> {
    await emit({ type: 'case-started', kernel: identityOf(kernel), case: BOOT });
    const source = await sourceOf(kernel);
    if (source instanceof Error || options.isolation === 'clone') await tell(await bootOf(kernel));
  }

  /**
   * When a kernel's cases are over: the boots for each of them. Where its boot was judged before (by a template, an earlier
   * run, another part), only what fails it is told.
   */
  async function tellLateBoots(kernel: PlannedKernel): Promise<void> {
    if (options.boot === undefined || opened.get(kernel) === undefined) return;
    const told = results.filter((one) => jobKey(one.kernel, one.case) === jobKey(kernel, BOOT));
    if (told.some(({ verdict }) => verdict === 'FAIL')) return;
    const isDue = told.length === 0 && jobs.some((job) => job.kernel === kernel && job.testCase === BOOT);
    const attempt = await bootOf(kernel);
    if (isDue || attempt.result.verdict === 'FAIL') await tell(attempt);
  }

  async function bootOf(kernel: PlannedKernel): Promise<Attempt> {
    const image = await obtained(kernel);
    const target = { name: BOOT, argument: BOOT };
    if (image instanceof Error) {
      return { result: resultOf(kernel, target, notRun(image), 0, options), console: '', transcript: '' };
    }
    const source = await sourceOf(kernel);
    const boots = source instanceof Error ? source : (opened.get(kernel) ?? []).flatMap((one) => one.boots());
    const { durationMs, ...done } = await runBoot(image, boots, options.boot ?? {});
    const result = resultOf(kernel, target, done, durationMs, options);
    return { result, console: done.console, transcript: done.transcript };
  }
}

/** Kernel by kernel, on each its boot and then the longest case first; without what another part of the run does, or an earlier run did. */
function jobsOf(options: RunOptions, known: Durations): Job[] {
  const { kernels, cases, boot, shard, shardDurations, judged = [] } = options;
  const sorted: Job['testCase'][] = [...(boot === undefined ? [] : ([BOOT] as const)), ...longestFirst(cases, known)];
  const all = kernels.flatMap((kernel) =>
    sorted.map((testCase) => {
      const name = testCase === BOOT ? BOOT : testCase.name;
      return { kernel, testCase, key: jobKey(kernel, name), name };
    }),
  );
  const done = new Set(judged.map(({ result }) => jobKey(result.kernel, result.case)));
  const parts = shard === undefined ? undefined : partsOf(all, shard, shardDurations);
  return all.filter(({ key }) => !done.has(key) && parts?.get(key) === shard?.index);
}

/** A boot goes with the kernel's first case by name, so that no part boots a kernel for nothing but that. */
function partsOf(
  jobs: readonly (Job & Share)[],
  { count }: Shard,
  durations: Durations | undefined,
): ReadonlyMap<string, number> {
  const ofCases = jobs.filter(({ testCase }) => testCase !== BOOT);
  if (ofCases.length === 0) return divide(jobs, count, durations);
  const parts = new Map(divide(ofCases, count, durations));
  for (const { kernel, testCase, key } of jobs) {
    if (testCase !== BOOT) continue;
    const [first] = ofCases.filter((job) => job.kernel === kernel).sort((a, b) => (a.key < b.key ? -1 : 1));
    const part = first === undefined ? undefined : parts.get(first.key);
    if (part !== undefined) parts.set(key, part);
  }
  return parts;
}

async function openSource(
  environment: Environment,
  kernel: Kernel,
  options: RunOptions,
  emit: (event: RunEvent) => Promise<void>,
): Promise<GuestSource | KconformError> {
  const progress = (message: string) => void emit({ type: 'progress', message });
  try {
    progress(`making guests of ${kernel.version} ready`);
    const source = await environment.guestsOf(kernel, options.isolation, progress, options.signal);
    await emit({ type: 'kernel-ready', kernel: identityOf(kernel), ms: source.readyMs });
    return source;
  } catch (error) {
    return asKconformError(error, 'harness', 'KC_TEMPLATE');
  }
}

async function runJob(
  kernel: Kernel,
  testCase: Case,
  environment: Environment,
  turn: Turn,
  sourceOf: () => Promise<GuestSource | KconformError>,
  notice: (text: string) => void,
  processes: AuthorPool,
  options: RunOptions,
): Promise<Attempt> {
  let startedAt = performance.now();
  const facts: KernelFacts = { version: upstreamVersion(kernel), config: await readConfig(kernel) };
  const start = async () => {
    const source = await sourceOf();
    if (source instanceof Error) throw source;
    await turn.reserve(environment.memoryOf(kernel));
    startedAt = performance.now(); // a template's boot, or the wait for memory, is no case's time
    const machine = await source.start(options.signal);
    const readyAt = performance.now();
    await turn.begin();
    startedAt += performance.now() - readyAt; // nor is the wait for its turn
    return { machine, proof: source.proof };
  };
  const rest = (ms: number) => turn.idle(() => sleep(ms));
  const { limits } = environment;
  const { signal, leaks } = options;
  const onNotice = (text: string) => notice(`${testCase.name}: ${text.trimEnd()}`);
  const authorProcess = () => processes.take();
  const setting = {
    kernel: facts,
    symbols: kernel.symbols,
    limits,
    signal,
    leaks,
    rest,
    onNotice,
    authorProcess,
    start,
  };
  const done = await runCase(testCase, setting);
  const { console, transcript } = done;
  const durationMs = Math.round(performance.now() - startedAt);
  return { result: resultOf(kernel, testCase, done, durationMs, options), console, transcript };
}

function isLoaded({ loaded }: Case): boolean {
  return !(loaded instanceof Error);
}

/** The first kernel that can be had, to try the accelerator with. @throws why there is none */
async function firstObtained(
  kernels: readonly PlannedKernel[],
  obtained: (kernel: PlannedKernel) => Promise<Kernel | KconformError>,
): Promise<Kernel | undefined> {
  let failure: KconformError | undefined;
  for (const kernel of kernels) {
    const image = await obtained(kernel);
    if (!(image instanceof Error)) return image;
    failure ??= image;
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** The function, which is called but once for each key; it must not reject. */
function once<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

function resultOf(
  kernel: KernelIdentity,
  testCase: Pick<Case, 'name' | 'argument'>,
  { judgement, error }: CaseRun,
  durationMs: number,
  { ownOptions }: Pick<RunOptions, 'ownOptions'>,
): CaseResult {
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
    rerun: `npx kconform run ${quote([testCase.argument, '--kernel', kernel.spec, ...ownOptions])}`,
  };
}

function plannedIdentityOf(kernel: PlannedKernel): PlannedIdentity {
  const { sha256 } = kernel;
  return { ...identityOf(kernel), ...(kernel.package === null && sha256 !== undefined ? { sha256 } : {}) };
}

function identityOf(kernel: KernelIdentity): KernelIdentity {
  return { spec: kernel.spec, version: kernel.version, package: kernel.package };
}
