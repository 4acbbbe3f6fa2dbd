import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthorPool } from '../authors/pool.ts';
import { isUnexpected } from '../expect/outcome.ts';
import type { ShowingSchedule } from '../expect/race.ts';
import type { BootRecord } from '../guest/template/boot-record.ts';
import { readConfig } from '../kernels/config.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { Machine } from '../machine/machine.ts';
import { type Tried, untilItShows } from './case/race.ts';
import { type Attempt, retryCase } from './case/retry.ts';
import { type CaseRun, type CaseSetting, runCase } from './case/run-case.ts';
import { attemptNotRun, attemptOf } from './case-result.ts';
import type { Case } from './discovery/cases.ts';
import type { Environment, GuestSource, Isolation } from './environment.ts';
import type { MachineInputs } from './kernel-machines.ts';
import type { GuestPackages } from './machine-parts.ts';
import type { RunOptions } from './options.ts';
import type { GuestSources, GuestsWanted } from './pool/guest-sources.ts';
import type { Turn } from './pool/scheduler.ts';
import type { Keeper } from './reuse/keep.ts';
import type { Decision, Reuse } from './reuse/reuse.ts';
import { scheduleError, unscheduled } from './schedule/refusals.ts';
import type { ScheduledCases } from './schedule/scheduled-cases.ts';

/** What the cases of one run share. */
export interface CaseJobSetting {
  readonly options: RunOptions;
  readonly environment: Environment;
  readonly sources: GuestSources;
  readonly scheduled: ScheduledCases;
  readonly processes: AuthorPool;
  /** Undefined where outcomes are neither used again nor kept. */
  readonly reuse: { readonly found: Reuse; readonly keeper: Keeper } | undefined;
  /** Takes a message for the author, such as a compiler's warning. */
  notice(text: string): void;
}

/** What comes of a case: run just now, or with the boot that an earlier outcome comes from. */
export type CaseEnd = { readonly attempt: Attempt } | Extract<Decision, { readonly kind: 'kept' }>;

/** One case on one kernel. */
export class CaseJob {
  readonly #setting: CaseJobSetting;
  readonly #kernel: PlannedKernel;
  readonly #testCase: Case;
  readonly #turn: Turn;
  /** Known as soon as a guest was asked for. */
  #packages: GuestPackages | undefined;
  /** What the guest of the first attempt came from. */
  #source: GuestSource | undefined;

  constructor(setting: CaseJobSetting, kernel: PlannedKernel, testCase: Case, turn: Turn) {
    this.#setting = setting;
    this.#kernel = kernel;
    this.#testCase = testCase;
    this.#turn = turn;
  }

  /** Runs the case, unless its outcome is kept; where its verdict is unexpected and retries are asked for, it is repeated. */
  async run(): Promise<CaseEnd> {
    const { reuse } = this.#setting;
    const decision = await reuse?.found.of(this.#kernel, this.#testCase);
    if (decision?.kind === 'kept') return decision;
    const { options, sources } = this.#setting;
    const { attempt: first, observed } = await this.#untilItShows(options.isolation);
    const source = this.#source;
    const attempt = await this.#repeated(first);
    const image = await sources.images.obtain(this.#kernel);
    if (reuse === undefined || decision === undefined || image instanceof Error) return { attempt };
    const fresh = { kernel: image, testCase: this.#testCase, attempt, observed, source };
    return { attempt: await reuse.keeper.keep(decision, fresh) };
  }

  async #untilItShows(isolation: Isolation): Promise<Tried> {
    const { loaded, machine, name } = this.#testCase;
    const race = loaded instanceof Error ? undefined : loaded.expectation.race;
    if (race === undefined) return this.#attempt(isolation);
    const { options, notice } = this.#setting;
    return untilItShows({
      race,
      schedule: machine.schedule,
      known: await this.#knownSchedule(),
      signal: options.signal,
      attempt: (seed) => this.#attempt(isolation, seed === undefined ? machine : { ...machine, schedule: seed }),
      notice: (text) => notice(`${name}: ${text}`),
    });
  }

  async #knownSchedule(): Promise<ShowingSchedule | undefined> {
    const { environment, options, sources } = this.#setting;
    const { loaded, machine } = this.#testCase;
    const image = await sources.images.obtain(this.#kernel);
    if (image instanceof Error || loaded instanceof Error || machine.schedule !== undefined) return undefined;
    const [qemu] = environment.host.qemu.split(' ');
    const known = loaded.expectation.knownBugs?.flatMap(({ schedule }) => schedule ?? []);
    const here = known?.find((one) => one.kernel === image.version && one.qemu === qemu);
    if (here === undefined || options.accelerator === 'kvm') return undefined;
    const scheduled = { ...this.#testCase, machine: { ...machine, schedule: here.seed } };
    return unscheduled(scheduled, options.leaks) === undefined ? here : undefined;
  }

  /** What a race showed once is true, whatever it shows the next time. */
  async #repeated(first: Attempt): Promise<Attempt> {
    const { options, sources } = this.#setting;
    const { loaded, machine } = this.#testCase;
    // A run under a schedule is the same each time.
    const isWanted = options.retry === true && isUnexpected(first.result.verdict) && machine.schedule === undefined;
    if (!isWanted || loaded instanceof Error || loaded.expectation.race !== undefined) return first;
    if ((await sources.of(this.#wanted(options.isolation))) instanceof Error) return first;
    const again = async (isolation: Isolation) => (await this.#attempt(isolation)).attempt;
    return retryCase(first, again, options.signal);
  }

  #wanted(isolation: Isolation): GuestsWanted {
    return { kernel: this.#kernel, machine: this.#testCase.machine, isolation };
  }

  async #attempt(isolation: Isolation, machine = this.#testCase.machine): Promise<Tried> {
    const { options, sources } = this.#setting;
    const image = await sources.images.obtain(this.#kernel);
    const subject = { kernel: this.#kernel, testCase: this.#testCase, ownOptions: options.ownOptions };
    if (image instanceof Error) return { attempt: attemptNotRun(subject, image) };
    const time = new CaseTime();
    const setting = await this.#caseSetting(image, isolation, time);
    const scheduled = this.#scheduled(image, machine, setting, time);
    const once = () => runCase({ ...this.#testCase, machine }, { ...setting, scheduled });
    const first = await once();
    const done = isEmulationFault(first) && !options.signal.aborted ? await this.#onceMore(first, once) : first;
    const attempt = attemptOf({ ...subject, kernel: image, packages: this.#packages }, done, time.elapsedMs());
    return { attempt, observed: done.observed };
  }

  /** What a wrongly emulated CPU left behind says nothing about the kernel. One of 268 guests with two CPUs ended so. */
  #onceMore({ judgement }: CaseRun, run: () => Promise<CaseRun>): Promise<CaseRun> {
    this.#setting.notice(`${this.#testCase.name}: ${judgement.reason}; it runs once more, in another guest`);
    return run();
  }

  async #caseSetting(image: Kernel, isolation: Isolation, time: CaseTime): Promise<CaseSetting> {
    const { options, environment, processes, notice } = this.#setting;
    const { accelerator } = environment.host;
    return {
      kernel: { version: upstreamVersion(image), config: await readConfig(image), accelerator },
      accelerator,
      symbols: image.symbols,
      limits: environment.limits,
      signal: options.signal,
      leaks: options.leaks,
      rest: (ms) => this.#turn.idle(() => sleep(ms)),
      onNotice: (text) => notice(`${this.#testCase.name}: ${text.trimEnd()}`),
      authorProcess: () => processes.take(),
      unmetByMachine: () =>
        environment.unmet({ kernel: image, machine: this.#testCase.machine }, notice, options.signal),
      start: () => this.#startGuest(isolation, time),
    };
  }

  #scheduled(kernel: Kernel, machine: Machine, setting: CaseSetting, time: CaseTime): CaseSetting['scheduled'] {
    const { schedule } = machine;
    if (schedule === undefined) return undefined;
    const { scheduled, sources, options } = this.#setting;
    const begin = async ({ spec, packages }: MachineInputs) => {
      if (options.accelerator === 'kvm') throw scheduleError('a schedule needs software emulation', '--accel tcg');
      this.#packages = packages;
      await this.#turn.reserve(spec.memoryMiB);
      await this.#turn.begin();
      time.restart();
    };
    const { isolation } = options;
    const bootsOn = async (plain: Machine) =>
      !((await sources.of({ kernel: this.#kernel, machine: plain, isolation })) instanceof Error);
    const onBoot = (on: Machine, boot: BootRecord) => void sources.addBoot(this.#kernel, on, boot);
    const kind = { kernel, machine: { ...machine, schedule } };
    const own = { ...setting, progress: sources.progress, begin, onBoot, bootsOn };
    return (scenario, steering) => scheduled.observe(kind, scenario, steering, own);
  }

  async #startGuest(isolation: Isolation, time: CaseTime): ReturnType<CaseSetting['start']> {
    const { options, sources } = this.#setting;
    const source = await sources.of(this.#wanted(isolation));
    if (source instanceof Error) throw source;
    this.#packages = source.packages;
    this.#source ??= source;
    await this.#turn.reserve(source.memoryMiB);
    time.restart();
    const machine = await source.start(options.signal);
    await time.exclude(() => this.#turn.begin());
    return { machine, proof: source.proof };
  }
}

function isEmulationFault({ error }: CaseRun): boolean {
  return error?.code === 'KC_EMULATION';
}

/** How long a case takes. The boot of its template, and waits for memory and for a core, are not part of it. */
class CaseTime {
  #startedAt = performance.now();

  restart(): void {
    this.#startedAt = performance.now();
  }

  async exclude(wait: () => Promise<void>): Promise<void> {
    const from = performance.now();
    await wait();
    this.#startedAt += performance.now() - from;
  }

  elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}
