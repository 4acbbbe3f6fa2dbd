import type { KconformError } from '../errors/error.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { isUnstable } from '../expect/judge/standing.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { machineOptionsOf } from '../machine/describe.ts';
import { DEFAULT_MACHINE, type Machine, machineKey, withoutSchedule } from '../machine/machine.ts';
import { runBoot } from './case/boot.ts';
import type { Attempt } from './case/retry.ts';
import { attemptNotRun, attemptOf, BOOT_CASE, type ResultOf } from './case-result.ts';
import type { RunOptions } from './options.ts';
import type { Plan } from './plan.ts';
import type { GuestSources, MachineBoots } from './pool/guest-sources.ts';
import type { ResultLog } from './result-log.ts';
import type { Keeper } from './reuse/keep.ts';
import type { KeptBoot } from './reuse/kept-outcome.ts';
import type { Reuse } from './reuse/reuse.ts';

/** Boots that were read, or are there for others to read. */
export interface BootReuse {
  readonly found: Reuse;
  readonly keeper: Keeper;
}

interface BootJobsParts {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly sources: GuestSources;
  readonly results: ResultLog;
  readonly reuse: BootReuse | undefined;
}

/** Judges the boots of a run's kernels. */
export class BootJobs {
  readonly #options: RunOptions;
  readonly #plan: Plan;
  readonly #sources: GuestSources;
  readonly #results: ResultLog;
  readonly #reuse: BootReuse | undefined;
  /** Boots behind outcomes of earlier runs, by kernel and machine. */
  readonly #kept = new Map<PlannedKernel, Map<string, { readonly machine: Machine; readonly kept: KeptBoot }>>();

  constructor({ options, plan, sources, results, reuse }: BootJobsParts) {
    this.#options = options;
    this.#plan = plan;
    this.#sources = sources;
    this.#results = results;
    this.#reuse = reuse;
  }

  /** The boot behind an outcome of an earlier run is judged as if it had been made in this one. */
  addKept(kernel: PlannedKernel, machine: Machine, kept: KeptBoot): void {
    const ofKernel =
      this.#kept.get(kernel) ?? new Map<string, { readonly machine: Machine; readonly kept: KeptBoot }>();
    this.#kept.set(kernel, ofKernel.set(machineKey(machine), { machine, kept }));
  }

  /**
   * A template's boot has ended as soon as there are guests. With a boot for each case, judgeLate judges them, and also those on
   * the machines of other cases.
   */
  async judge(kernel: PlannedKernel, machine: Machine): Promise<void> {
    const { isolation, cases } = this.#options;
    const kept = await this.#reuse?.found.bootOf(kernel, machine);
    if (kept !== undefined && isolation === 'clone') {
      this.addKept(kernel, machine, kept);
      await this.#results.add(await this.#judged(kernel));
      return;
    }
    const asked = await this.#sources.of({ kernel, machine, isolation });
    // A kernel without a module is no fault of its boot: cases that need the module are skipped.
    const lacksModule = asked instanceof Error && asked.code === 'KC_MODULE_MISSING' && cases.length > 0;
    const source = lacksModule ? await this.#sources.of({ kernel, machine: DEFAULT_MACHINE, isolation }) : asked;
    if (source instanceof Error) await this.#results.add(await this.#failed(kernel, machine, source));
    else if (isolation === 'clone') {
      // A cache that cannot be written is no error of the run.
      await this.#reuse?.keeper.keepBoot(source).catch(() => undefined);
      await this.#results.add(await this.#judged(kernel));
    }
  }

  /**
   * Called when a kernel's cases have ended: judges the boots for each of them. If the boot was judged before (with a template, by
   * an earlier run, by another shard), only a FAIL or an unstable one is added; it replaces the earlier result. Where a machine could not be made, any
   * boot that could be judged says more.
   */
  async judgeLate(kernel: PlannedKernel): Promise<void> {
    if (this.#options.boot === undefined || (!this.#sources.hasOpened(kernel) && !this.#kept.has(kernel))) return;
    const earlier = this.#results.of(kernel, BOOT);
    if (earlier?.verdict === 'FAIL') return;
    const isDue = this.#plan.includesBootOf(kernel) && (earlier === undefined || earlier.verdict === 'ERROR');
    const attempt = await this.#judged(kernel);
    const isGraver =
      attempt.result.verdict === 'FAIL' || (isUnstable(attempt.result) && earlier?.retries === undefined);
    if (isDue || isGraver) await this.#results.add(attempt);
  }

  /** Judges the boots on each machine; the result is that of the first one that fails, else of the first one that is unstable, else of the first one. */
  async #judged(kernel: PlannedKernel): Promise<Attempt> {
    const image = await this.#sources.images.obtain(kernel);
    if (image instanceof Error) return attemptNotRun(this.#subject(kernel, DEFAULT_MACHINE), image);
    let first: Attempt | undefined;
    for (const { machine, boots, reused } of this.#bootsOf(kernel)) {
      const { durationMs, retries, ...done } = await runBoot(image, boots, this.#options.boot ?? {});
      const made = attemptOf({ ...this.#subject(kernel, machine), kernel: image }, done, durationMs);
      const result = { ...made.result, ...(reused && { reused }), ...(retries.length > 0 && { retries }) };
      const attempt = { ...made, result };
      if (result.verdict === 'FAIL') return attempt;
      if (first === undefined || (isUnstable(result) && !isUnstable(first.result))) first = attempt;
    }
    if (first === undefined) throw new TypeError('a kernel without a boot is judged');
    return first;
  }

  /** The same boot is judged once, although a template that is kept has it as well as the outcomes that are kept. */
  #bootsOf(kernel: PlannedKernel): (MachineBoots & { readonly reused?: { readonly at: string } })[] {
    const made = this.#sources.bootsOf(kernel);
    const kept = [...(this.#kept.get(kernel)?.values() ?? [])].filter(({ machine, kept: { boot } }) => {
      const own = made.find((one) => machineKey(one.machine) === machineKey(machine));
      return own?.boots.some(({ console }) => console === boot.console) !== true;
    });
    return [...made, ...kept.map(({ machine, kept: { at, boot } }) => ({ machine, boots: [boot], reused: { at } }))];
  }

  async #failed(kernel: PlannedKernel, machine: Machine, source: KconformError): Promise<Attempt> {
    const image = await this.#sources.images.obtain(kernel);
    if (image instanceof Error) return attemptNotRun(this.#subject(kernel, machine), image);
    const { durationMs, retries: _, ...done } = await runBoot(image, source, this.#options.boot ?? {});
    return attemptOf({ ...this.#subject(kernel, machine), kernel: image }, done, durationMs);
  }

  /** What a case asks for is no option of the run, but the boot can be seen again only with it. */
  #subject(kernel: PlannedKernel, machine: Machine): ResultOf {
    const { ownOptions, machine: ofRun = DEFAULT_MACHINE } = this.#options;
    const isOwn = machineKey(machine) === machineKey(withoutSchedule(ofRun));
    const options = isOwn ? ownOptions : [...ownOptions, ...machineOptionsOf(machine)];
    return { kernel, testCase: { ...BOOT_CASE, machine }, ownOptions: options };
  }
}
