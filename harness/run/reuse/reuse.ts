/**
 * Verdicts that cannot have changed are not made again. What a guest showed of a case is kept in the cache under everything that it
 * depends on, and judged anew. Where anything of that is another thing, unknown or damaged, the case runs.
 */
import { asKconformError, type KconformError } from '../../errors/error.ts';
import type { Expectation } from '../../expect/expectation.ts';
import { unmetByKernel } from '../../expect/needs.ts';
import { isUnexpected } from '../../expect/outcome.ts';
import type { KernelFacts } from '../../expect/resolve.ts';
import { readConfig } from '../../kernels/config.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import { type Machine, machineKey } from '../../machine/machine.ts';
import type { Attempt } from '../case/retry.ts';
import { judgeCase, steeringOf, unmetBySuite } from '../case/run-case.ts';
import { attemptOf } from '../case-result.ts';
import type { Case, LoadedCase } from '../discovery/case.ts';
import type { Environment, GuestKey } from '../environment.ts';
import { jobKey } from '../events.ts';
import type { RunOptions } from '../options.ts';
import type { Job } from '../plan.ts';
import type { KernelImages } from '../pool/kernel-images.ts';
import type { KeptBoot, KeptOutcome } from './kept-outcome.ts';
import { caseKey, type OutcomeInputs, observingCode, outcomeKey } from './outcome-key.ts';
import { outcomes, unstableCases } from './outcome-store.ts';
import { scenarioInputs } from './scenario-inputs.ts';

/** What is known of a case before there is a guest. */
export type Decision =
  | { readonly kind: 'kept'; readonly attempt: Attempt; readonly boot: KeptBoot }
  /** It is an ERROR or a SKIP already. */
  | { readonly kind: 'no guest' }
  /** `inputs`: what its outcome is kept under; or why it is not kept. */
  | { readonly kind: 'run'; readonly inputs: OutcomeInputs | { readonly varies: string } };

export interface ReuseParts {
  readonly options: RunOptions;
  readonly environment: Environment;
  readonly images: KernelImages;
  /** The jobs of the run. */
  readonly jobs: readonly Job[];
  readonly progress: (message: string) => void;
}

/** Finds outcomes of earlier runs for the jobs of one run. */
export class Reuse {
  readonly #parts: ReuseParts;
  readonly #decisions = new Map<string, Promise<Decision>>();
  readonly #guestKeys = new Map<string, Promise<GuestKey | KconformError>>();
  readonly #code = observingCode();
  /** Jobs that run although their outcome is kept. */
  readonly #rechecked: ReadonlySet<string>;

  constructor(parts: ReuseParts) {
    this.#parts = parts;
    this.#rechecked = sample(parts.jobs, parts.options.reuse?.recheck ?? 0);
    this.#code.catch(() => undefined); // reported where it is awaited
  }

  get accelerator(): string {
    return this.#parts.environment.host.accelerator;
  }

  /** Never rejects. */
  of(kernel: PlannedKernel, testCase: Case): Promise<Decision> {
    const key = jobKey(kernel, testCase.name);
    const known = this.#decisions.get(key) ?? this.#decide(kernel, testCase).catch(unknown);
    this.#decisions.set(key, known);
    return known;
  }

  /** The boot of the kernel on the machine, where it is kept and wanted. Never rejects. */
  async bootOf(kernel: PlannedKernel, machine: Machine): Promise<KeptBoot | undefined> {
    if (this.#parts.options.reuse?.read !== true) return undefined;
    const image = await this.#parts.images.obtain(kernel);
    if (image instanceof Error) return undefined;
    const guest = await this.#guestKey(image, machine);
    return guest instanceof Error ? undefined : outcomes.readBoot(guest.key);
  }

  async #decide(kernel: PlannedKernel, testCase: Case): Promise<Decision> {
    const image = await this.#parts.images.obtain(kernel);
    if (image instanceof Error || testCase.loaded instanceof Error) return { kind: 'no guest' };
    const { expectation } = testCase.loaded;
    const { accelerator } = this;
    if (unmetBySuite(testCase.loaded, accelerator) !== undefined) return { kind: 'no guest' };
    const facts = { version: upstreamVersion(image), config: await readConfig(image), accelerator };
    if ((await this.#unmet(image, testCase, expectation, facts)) !== undefined) return { kind: 'no guest' };
    const inputs = await this.inputsOf(image, testCase);
    const { options } = this.#parts;
    if ('varies' in inputs || options.reuse?.read !== true) return { kind: 'run', inputs };
    if (this.#rechecked.has(jobKey(kernel, testCase.name))) return { kind: 'run', inputs };
    const kept = await outcomes.read({ guest: inputs.guest, key: await outcomeKey(inputs) });
    const boot = await outcomes.readBoot(inputs.guest);
    if (kept === undefined || boot === undefined) return { kind: 'run', inputs };
    const attempt = judgeKept(kept, { kernel: image, testCase, loaded: testCase.loaded, facts, options });
    const { verdict } = attempt.result;
    // An accident of the host can make a FAIL, so two runs must have agreed; with retries it must be of this run.
    const isDoubtful = isUnexpected(verdict) && (options.retry === true || !kept.seenTwice);
    if (verdict === 'ERROR' || isDoubtful) return { kind: 'run', inputs };
    await outcomes.markUse(inputs.guest);
    return { kind: 'kept', attempt, boot };
  }

  #unmet(kernel: Kernel, testCase: Case, expectation: Expectation, facts: KernelFacts) {
    const { environment, progress, options } = this.#parts;
    const unmet = unmetByKernel(expectation, facts);
    if (unmet !== undefined) return unmet;
    return environment.unmet({ kernel, machine: testCase.machine }, progress, options.signal);
  }

  /** Everything that what a guest would show of the case now depends on; or why that is not known. */
  async inputsOf(kernel: Kernel, testCase: Case): Promise<OutcomeInputs | { readonly varies: string }> {
    const { options, environment } = this.#parts;
    if (testCase.loaded instanceof Error) return { varies: 'it cannot be loaded' };
    if (options.isolation !== 'clone') return { varies: 'each case has a boot of its own (--isolation cold)' };
    const { scenario, expectation } = testCase.loaded;
    if (expectation.race !== undefined) return { varies: 'it is a race' };
    if (testCase.machine.schedule !== undefined) return { varies: 'it runs under a schedule' };
    const found = await scenarioInputs(scenario);
    if ('varies' in found) return found;
    const guest = await this.#guestKey(kernel, testCase.machine);
    if (guest instanceof Error) return { varies: 'there is no guest for it' };
    const { hash: code } = await this.#code;
    const own = { case: testCase.name, scenario: found.hash, code };
    if (unstableCases.has(caseKey(own))) return { varies: 'it was unstable' };
    const steering = steeringOf(expectation, options.leaks);
    return { ...own, steering, kernel, guest: guest.key, accelerator: environment.host.accelerator };
  }

  #guestKey(kernel: Kernel, machine: Machine): Promise<GuestKey | KconformError> {
    const { environment, progress, options } = this.#parts;
    const name = `${kernel.id} ${kernel.sha256} ${machineKey(machine)}`;
    const known =
      this.#guestKeys.get(name) ??
      environment
        .guestKey({ kernel, machine }, progress, options.signal)
        .catch((error: unknown) => asKconformError(error, 'harness', 'KC_TEMPLATE'));
    this.#guestKeys.set(name, known);
    return known;
  }
}

/** What cannot be decided is run, and the error is reported there. */
function unknown(error: unknown): Decision {
  return {
    kind: 'run',
    inputs: { varies: `its inputs cannot be read: ${error instanceof Error ? error.message : error}` },
  };
}

interface JudgedOn {
  readonly kernel: Kernel;
  readonly testCase: Case;
  readonly loaded: LoadedCase;
  readonly facts: KernelFacts;
  readonly options: Pick<RunOptions, 'ownOptions'>;
}

/** A kept outcome judged as the case is now. */
export function judgeKept(kept: KeptOutcome, { kernel, testCase, loaded, facts, options }: JudgedOn): Attempt {
  const { at, durationMs, packages, seen } = kept;
  const subject = { kernel, testCase, packages, ownOptions: options.ownOptions };
  const attempt = attemptOf(subject, judgeCase(seen, loaded, facts), durationMs);
  return { ...attempt, result: { ...attempt.result, reused: { at } } };
}

/** At least one job wherever a share is asked for. */
function sample(jobs: readonly Job[], share: number): ReadonlySet<string> {
  const left = jobs.flatMap(({ kernel, testCase }) =>
    typeof testCase === 'string' ? [] : [jobKey(kernel, testCase.name)],
  );
  const chosen = new Set<string>();
  for (let count = Math.ceil(left.length * share); count > 0 && left.length > 0; count--)
    for (const key of left.splice(Math.floor(Math.random() * left.length), 1)) chosen.add(key);
  return chosen;
}
