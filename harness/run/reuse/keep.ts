import { asKconformError } from '../../errors/error.ts';
import { isUnstable } from '../../expect/judge/standing.ts';
import type { KernelFacts } from '../../expect/resolve.ts';
import { readConfig } from '../../kernels/config.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import type { Observed } from '../case/observe-case.ts';
import type { Attempt } from '../case/retry.ts';
import type { Case } from '../discovery/cases.ts';
import type { GuestSource } from '../environment.ts';
import type { CaseResult } from '../events.ts';
import type { RunOptions } from '../options.ts';
import { caseKey, outcomeKey } from './outcome-key.ts';
import { type OutcomePlace, outcomes, unstableCases } from './outcome-store.ts';
import { type Decision, judgeKept, type Reuse } from './reuse.ts';

/** A case that was run just now. */
export interface Fresh {
  readonly kernel: Kernel;
  readonly testCase: Case;
  readonly attempt: Attempt;
  /** Of the first guest; missing where there was none. */
  readonly observed: Observed | undefined;
  readonly source: GuestSource | undefined;
}

/** Keeps outcomes for later runs. */
export class Keeper {
  readonly #reuse: Reuse;
  readonly #options: RunOptions;
  readonly #say: (message: string) => void;
  readonly #boots = new Set<string>();
  /** Why the outcomes of cases are not kept → their names. */
  readonly #varying = new Map<string, Set<string>>();
  #hasFailed = false;

  constructor(reuse: Reuse, options: RunOptions, say: (message: string) => void) {
    this.#reuse = reuse;
    this.#options = options;
    this.#say = say;
  }

  /**
   * Keeps the outcome of a case where it can be used again. Never rejects.
   * @param decision what was decided before the case ran
   * @returns the attempt, with the earlier outcome where the two do not agree
   */
  async keep(decision: Decision, fresh: Fresh): Promise<Attempt> {
    try {
      return await this.#keep(decision, fresh);
    } catch (error) {
      const { message } = asKconformError(error, 'host', 'KC_CACHE_UNWRITABLE');
      if (!this.#hasFailed) this.#say(`outcomes are not kept: ${message}`);
      this.#hasFailed = true;
      return fresh.attempt;
    }
  }

  async #keep(decision: Decision, { kernel, testCase, attempt, observed, source }: Fresh): Promise<Attempt> {
    if (decision.kind !== 'run' || observed === undefined) return attempt;
    const { inputs } = decision;
    if ('varies' in inputs) return this.#varies(attempt, inputs.varies);
    if (source === undefined) return attempt;
    const place: OutcomePlace = { guest: inputs.guest, key: await outcomeKey(inputs) };
    const [variation] = observed.variations;
    if (variation !== undefined) {
      await outcomes.remove(place);
      return this.#varies(attempt, VARIATIONS[variation] ?? `it reads ${variation}`);
    }
    // An interruption may be the reason for anything.
    if (this.#options.signal.aborted || !isSound(attempt.result, observed, source)) return attempt;
    if (source.key() !== inputs.guest) return attempt;
    const now = await this.#reuse.inputsOf(kernel, testCase);
    // Files that change while a case runs may have been read before or after.
    if ('varies' in now || (await outcomeKey(now)) !== place.key) return attempt;
    const before = await this.#earlier(place, kernel, testCase);
    const agrees = before !== undefined && signsOf(before) === signsOf(attempt.result);
    const earlier = before === undefined || agrees ? undefined : earlierOf(before);
    if (earlier !== undefined || isUnstable(attempt.result)) {
      await unstableCases.add(caseKey(inputs), `${testCase.name} on ${kernel.id}`);
      await outcomes.remove(place);
      return earlier === undefined ? attempt : { ...attempt, result: { ...attempt.result, earlier } };
    }
    await this.keepBoot(source);
    const { console, transcript, unmet, outcome, error } = observed;
    const seen = { console, transcript, ...(unmet && { unmet }), ...(outcome && { outcome }), ...(error && { error }) };
    const { durationMs, packages } = attempt.result;
    const at = new Date().toISOString();
    await outcomes.write(place, { at, durationMs, seenTwice: agrees, ...(packages && { packages }), seen });
    return attempt;
  }

  /** Keeps the boot behind the guests; outcomes are used again only with it. @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL */
  async keepBoot(source: GuestSource): Promise<void> {
    const key = source.key();
    const [boot] = source.boots();
    if (key === undefined || boot === undefined || this.#boots.has(key)) return;
    this.#boots.add(key);
    await outcomes.writeBoot(key, { at: new Date().toISOString(), boot });
  }

  /** Says which cases run each time, a line for each reason. */
  tell(): void {
    for (const [why, names] of this.#varying) {
      const [first, ...others] = names;
      const who = others.length === 0 ? first : `${others.length + 1} cases (such as ${first})`;
      this.#say(`the outcome of ${who} is not used again, because ${why}`);
    }
  }

  #varies(attempt: Attempt, why: string): Attempt {
    this.#varying.set(why, (this.#varying.get(why) ?? new Set()).add(attempt.result.case));
    return attempt;
  }

  /** The result on what an earlier run kept; undefined if it kept nothing, or nothing that says anything about the kernel. */
  async #earlier(place: OutcomePlace, kernel: Kernel, testCase: Case): Promise<CaseResult | undefined> {
    const kept = await outcomes.read(place);
    if (kept === undefined || testCase.loaded instanceof Error) return undefined;
    const { accelerator } = this.#reuse;
    const facts: KernelFacts = { version: upstreamVersion(kernel), config: await readConfig(kernel), accelerator };
    const { result } = judgeKept(kept, { kernel, testCase, loaded: testCase.loaded, facts, options: this.#options });
    return result.verdict === 'ERROR' ? undefined : result;
  }
}

function earlierOf({ verdict, reason, reused }: CaseResult): CaseResult['earlier'] {
  return reused && { ...reused, verdict, ...(reason === undefined ? {} : { reason }) };
}

/** What a scenario does that may come out otherwise the next time; all else it reads. */
const VARIATIONS: Readonly<Record<string, string>> = {
  'a race': 'it has a race',
  stopped: 'it runs until it is stopped',
};

/** Whether it says something about the kernel, and every oracle that could be tried saw its planted fault. */
function isSound({ verdict }: CaseResult, { error, late }: Observed, { proof }: GuestSource): boolean {
  const isOurs = error !== undefined && (error.blame === 'host' || error.blame === 'harness');
  return verdict !== 'ERROR' && !isOurs && late === undefined && Object.keys(proof.silent).length === 0;
}

/** What two runs of the same must agree in: the verdict, that of each observation, and the kinds of reports. */
function signsOf({ verdict, observations, oracles }: CaseResult): string {
  const own = observations.map((one) => `${one.path}: ${one.verdict}`);
  const reports = oracles.splats.map(({ kind, title }) => `${kind} ${title}`);
  return JSON.stringify([verdict, own.sort(), [...new Set(reports)].sort()]);
}
