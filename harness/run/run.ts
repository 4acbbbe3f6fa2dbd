import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AuthorPool } from '../authors/pool.ts';
import { cachePath } from '../cache/folder.ts';
import { cacheLimit, keepWithin } from '../cache/inventory.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { NO_KMEMLEAK } from '../expect/outcome.ts';
import { BootJobs } from './boot-jobs.ts';
import { CaseJob, type CaseJobSetting } from './case-job.ts';
import { identityOf, plannedIdentityOf } from './case-result.ts';
import { type Environment, prepareEnvironment } from './environment.ts';
import type { CaseResult, HostFacts, RunStarted } from './events.ts';
import type { RunOptions } from './options.ts';
import { type Job, Plan } from './plan.ts';
import { readDurations, rememberDurations } from './pool/durations.ts';
import { GuestSources } from './pool/guest-sources.ts';
import { KernelImages } from './pool/kernel-images.ts';
import { availableMemory, type Capacity, capacityFor, schedule, type Turn } from './pool/scheduler.ts';
import { Reporters } from './reporters.ts';
import { type Emit, ResultLog } from './result-log.ts';
import { Keeper } from './reuse/keep.ts';
import { Reuse } from './reuse/reuse.ts';
import { ScheduledCases } from './schedule/scheduled-cases.ts';

/** Where the cache keeps how long each case took. */
const DURATIONS = 'durations.json';

/**
 * Runs every case on every kernel, in pristine guests, and passes events to the reporters.
 * @throws if the run cannot be made at all, or a reporter fails; what concerns one case is in its result
 */
export async function run(given: RunOptions): Promise<CaseResult[]> {
  const startedAt = performance.now();
  const limitBytes = cacheLimit(process.env.KCONFORM_CACHE_GIB);
  const reporters = new Reporters(given.reporters);
  const emit: Emit = (event) => reporters.emit(event);
  const options = { ...given, signal: AbortSignal.any([given.signal, reporters.failed]) };
  const images = new KernelImages();
  const plan = new Plan(options, await readDurations(cachePath(DURATIONS)));
  const sample = await images.firstOf(plan.kernels.length > 0 ? plan.kernels : options.kernels);
  if (sample === undefined) return [];
  const progress = (message: string) => void emit({ type: 'progress', message });
  const environment = await prepareEnvironment(sample, options.accelerator, progress, options.signal);
  await emit(runStarted(options, environment.host));
  reporters.throwFailure();
  const results = new ResultLog(emit, options.signal);
  for (const attempt of options.judged ?? []) await results.addEarlier(attempt);
  await new Run({ options, plan, images, environment, results, limitBytes, emit }).work();
  const durationMs = Math.round(performance.now() - startedAt);
  await emit({ type: 'run-finished', durationMs, interrupted: options.signal.aborted });
  reporters.throwFailure();
  return results.all();
}

function runStarted(options: RunOptions, host: HostFacts): RunStarted {
  return {
    type: 'run-started',
    id: randomUUID(),
    startedAt: new Date().toISOString(),
    kconform: options.version,
    host,
    plan: { kernels: options.kernels.length, cases: options.cases.length },
    planned: {
      kernels: options.kernels.map(plannedIdentityOf),
      cases: [...(options.boot === undefined ? [] : [BOOT]), ...options.cases.map(({ name }) => name)],
      ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    },
  };
}

interface RunParts {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly images: KernelImages;
  readonly environment: Environment;
  readonly results: ResultLog;
  /** See cacheLimit. */
  readonly limitBytes: number;
  readonly emit: Emit;
}

/** Works through the jobs of a plan. */
class Run {
  readonly #parts: RunParts;
  readonly #capacity: Capacity;
  readonly #sources: GuestSources;
  readonly #boots: BootJobs;
  readonly #reuse: CaseJobSetting['reuse'];
  readonly #noticed = new Set<string>();
  readonly #durations: Record<string, number> = {};

  constructor(parts: RunParts) {
    const { options, plan, images, environment, results, emit } = parts;
    this.#parts = parts;
    this.#capacity = capacityFor(options.jobs, availableMemory(readFileSync('/proc/meminfo', 'utf8')));
    this.#sources = new GuestSources(images, environment, emit, options.signal);
    const progress = (message: string) => void emit({ type: 'progress', message });
    const found = options.reuse && new Reuse({ options, environment, images, jobs: plan.jobs, progress });
    this.#reuse = found && { found, keeper: new Keeper(found, options, (text) => this.#notice(text)) };
    this.#boots = new BootJobs({ options, plan, sources: this.#sources, results, reuse: this.#reuse });
  }

  async work(): Promise<void> {
    const { options, plan, environment } = this.#parts;
    await using processes = new AuthorPool(this.#capacity.cores);
    // Where all outcomes may be kept, the first case that runs fills it.
    if (plan.jobs.length > 0 && options.reuse?.read !== true) processes.fill();
    const notice = (text: string) => this.#notice(text);
    const reuse = this.#reuse;
    const scheduled = new ScheduledCases();
    const setting: CaseJobSetting = {
      options,
      environment,
      sources: this.#sources,
      scheduled,
      processes,
      reuse,
      notice,
    };
    await schedule(plan.jobs, this.#capacity, options.signal, async (job, turn) => {
      this.#lookAhead(job);
      await this.#judge(job, turn, setting);
      if (plan.finish(job)) await this.#finishKernel(job.kernel);
    });
    if (options.reuse?.read === true) reuse?.keeper.tell();
    await rememberDurations(cachePath(DURATIONS), this.#durations);
  }

  async #judge({ kernel, testCase, machine }: Job, turn: Turn, setting: CaseJobSetting): Promise<void> {
    const { options, results, emit } = this.#parts;
    const name = testCase === BOOT ? BOOT : testCase.name;
    await emit({ type: 'case-started', kernel: identityOf(kernel), case: name });
    if (testCase === BOOT) return this.#boots.judge(kernel, machine);
    const end = await new CaseJob(setting, kernel, testCase, turn).run();
    const { attempt } = end;
    if (options.leaks && attempt.result.oracles.unavailable.kmemleak === NO_KMEMLEAK)
      this.#notice(`leaks are not looked for on ${kernel.spec}: ${NO_KMEMLEAK}`);
    const isAdded = await results.add(attempt);
    if ('boot' in end) this.#boots.addKept(kernel, machine, end.boot);
    else if (isAdded) this.#durations[name] = attempt.result.durationMs;
  }

  /** Downloads, and boots, the kernels that are needed next while the cases of another one run. */
  #lookAhead(job: Job): void {
    const { plan, images } = this.#parts;
    const next = plan.kernelAfter(job);
    if (next !== undefined) void images.obtain(next);
    const soon = plan.jobAfter(job, this.#capacity.cores);
    if (soon === undefined) return;
    void this.#openAhead(soon);
  }

  async #openAhead({ kernel, machine, testCase }: Job): Promise<void> {
    const { isolation, reuse } = this.#parts.options;
    if (machine.schedule !== undefined) return; // its guests boot one by one
    if (reuse?.read === true && testCase === BOOT && (await this.#reuse?.found.bootOf(kernel, machine))) return;
    if (reuse?.read === true && testCase !== BOOT) {
      const decision = await this.#reuse?.found.of(kernel, testCase);
      if (decision?.kind !== 'run') return; // it needs no guest
    }
    await this.#sources.of({ kernel, machine, isolation });
  }

  /** When all jobs of a kernel have ended, its frozen guest is removed if the cache is too large. */
  async #finishKernel(kernel: Job['kernel']): Promise<void> {
    const { images, environment, limitBytes, emit } = this.#parts;
    await this.#boots.judgeLate(kernel);
    const image = await images.obtain(kernel);
    if (!(image instanceof Error)) await environment.release(image);
    if (!this.#sources.hasOpened(kernel)) return; // nothing was made, and to measure the cache takes a second
    const progress = (message: string) => void emit({ type: 'progress', message });
    // A cache that cannot be written is no error of the run.
    await keepWithin(limitBytes, progress).catch((error: unknown) =>
      progress(`the cache was not cleaned up: ${error}`),
    );
  }

  /** A compiler prints the same warning for every kernel: it is shown once. */
  #notice(text: string): void {
    if (this.#noticed.has(text)) return;
    this.#noticed.add(text);
    void this.#parts.emit({ type: 'notice', text });
  }
}
