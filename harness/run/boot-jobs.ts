import type { KconformError } from '../errors/error.ts';
import { BOOT } from '../expect/judge/boot.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { DEFAULT_MACHINE, type Machine } from '../machine/machine.ts';
import { runBoot } from './case/boot.ts';
import type { Attempt } from './case/retry.ts';
import { attemptNotRun, attemptOf, BOOT_CASE } from './case-result.ts';
import type { GuestSource } from './environment.ts';
import type { RunOptions } from './options.ts';
import type { Plan } from './plan.ts';
import type { GuestSources } from './pool/guest-sources.ts';
import type { ResultLog } from './result-log.ts';

/** Judges the boots of a run's kernels. */
export class BootJobs {
  readonly #options: RunOptions;
  readonly #plan: Plan;
  readonly #sources: GuestSources;
  readonly #results: ResultLog;

  constructor(options: RunOptions, plan: Plan, sources: GuestSources, results: ResultLog) {
    this.#options = options;
    this.#plan = plan;
    this.#sources = sources;
    this.#results = results;
  }

  /**
   * A template's boot has ended as soon as there are guests. With a boot for each case, judgeLate judges them, and also those on
   * the machines of other cases.
   */
  async judge(kernel: PlannedKernel, machine: Machine): Promise<void> {
    const { isolation } = this.#options;
    const asked = await this.#sources.of({ kernel, machine, isolation });
    // A kernel without a module is no fault of its boot: cases that need the module are skipped.
    const lacksModule = asked instanceof Error && asked.code === 'KC_MODULE_MISSING';
    const source = lacksModule ? await this.#sources.of({ kernel, machine: DEFAULT_MACHINE, isolation }) : asked;
    if (source instanceof Error || isolation === 'clone') await this.#results.add(await this.#attempt(kernel, source));
  }

  /**
   * Called when a kernel's cases have ended: judges the boots for each of them. If the boot was judged before (with a template, by
   * an earlier run, by another shard), only a FAIL is added; it replaces the earlier result.
   */
  async judgeLate(kernel: PlannedKernel): Promise<void> {
    if (this.#options.boot === undefined || !this.#sources.hasOpened(kernel)) return;
    const earlier = this.#results.of(kernel, BOOT);
    if (earlier?.verdict === 'FAIL') return;
    const isDue = earlier === undefined && this.#plan.includesBootOf(kernel);
    const attempt = await this.#attempt(kernel, undefined);
    if (isDue || attempt.result.verdict === 'FAIL') await this.#results.add(attempt);
  }

  /** @param source why there are no guests, if there are none */
  async #attempt(kernel: PlannedKernel, source: GuestSource | KconformError | undefined): Promise<Attempt> {
    const { ownOptions, boot = {} } = this.#options;
    const subject = { kernel, testCase: BOOT_CASE, ownOptions };
    const image = await this.#sources.images.obtain(kernel);
    if (image instanceof Error) return attemptNotRun(subject, image);
    const boots = source instanceof Error ? source : this.#sources.bootsOf(kernel);
    const { durationMs, ...done } = await runBoot(image, boots, boot);
    return attemptOf({ ...subject, kernel: image }, done, durationMs);
  }
}
