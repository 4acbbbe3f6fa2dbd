import { type PreparedScenario, prepare } from '../../authors/prepared.ts';
import type { AuthorProcess } from '../../authors/process.ts';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import type { Needs } from '../../expect/expectation.ts';
import { unmetInGuest } from '../../expect/needs.ts';
import type { Outcome } from '../../expect/outcome.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import type { OracleProof } from '../../oracles/canaries.ts';
import type { Symbols } from '../../oracles/splats/symbolise.ts';
import type { Guest } from '../../scenario/api/guest.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { observe, type ScenarioRun } from './observe.ts';

/** Where a case runs. */
export interface ObservationSetting {
  /** An image of the kernel with debug information, where there is one. */
  readonly symbols: Symbols | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Waits while the guest only sleeps, so that another may have the core. */
  rest(ms: number): Promise<void>;
  /** What the author should read although nothing failed. */
  readonly onNotice?: (text: string) => void;
  /** Gives a process for a scenario in TypeScript that has started already. */
  authorProcess?(): Promise<AuthorProcess>;
  /** Gives the guest; called only when the kernel's config and version do not rule the case out. */
  start(): Promise<{ readonly machine: GuestMachine; readonly proof: OracleProof }>;
}

/** What of an expectation decides how a case is observed. All else decides how it is judged. */
export interface Steering {
  readonly needs: Pick<Needs, 'files' | 'features'>;
  /** As expect.ts states it, in milliseconds. */
  readonly limitMs: number | undefined;
  /** Whether to scan for leaks after the scenario. */
  readonly leaks: boolean;
}

/** What one guest showed of a case, before it is judged. */
export interface CaseOutcome {
  /** What the console said while the case ran. */
  readonly console: string;
  /** What the scenario did and observed, as far as it went; see Transcript. */
  readonly transcript: string;
  /** Why the case does not apply to the kernel, as its guest tells. */
  readonly unmet?: string;
  /** Missing when nothing came back, not even from the oracles. */
  readonly outcome?: Outcome;
  /** What ended the case before its time. */
  readonly error?: KconformError;
  /** What the scenario began and does not await, as far as it failed. */
  readonly late?: KconformError;
}

/** With what the scenario has read or done that may come out otherwise the next time. */
export interface Observed extends CaseOutcome {
  readonly variations: readonly string[];
}

/** Runs a scenario in a guest of its own. Never throws: whatever breaks is in the outcome with its blame. */
export async function observeCase(
  scenario: LoadedScenario,
  steering: Steering,
  setting: ObservationSetting,
): Promise<Observed> {
  const transcript = new Transcript();
  let seen: ScenarioRun | undefined;
  let prepared: PreparedScenario | undefined;
  const left = () => ({
    console: seen?.console ?? '',
    transcript: transcript.text(),
    variations: prepared?.variations() ?? [],
    ...(seen !== undefined && 'outcome' in seen ? { outcome: seen.outcome } : {}),
  });
  try {
    await using ready = await prepare(scenario, setting.authorProcess);
    prepared = ready;
    seen = await inGuest(ready, steering, transcript, setting);
    if ('unmet' in seen) return { ...left(), unmet: seen.unmet };
    if (seen.failure !== undefined) throw seen.failure;
    const late = await ready.unawaited().catch((error: unknown) => asKconformError(error, 'harness', 'KC_BUG'));
    return { ...left(), ...(late === undefined ? {} : { late }) };
  } catch (thrown) {
    return { ...left(), error: asKconformError(thrown, 'harness', 'KC_BUG') };
  }
}

async function inGuest(
  prepared: PreparedScenario,
  { needs, limitMs, leaks }: Steering,
  transcript: Transcript,
  { symbols, limits, signal, rest, onNotice, start }: ObservationSetting,
): Promise<ScenarioRun> {
  const { machine: started, proof } = await start();
  await using machine = started;
  const { files = [], features = [] } = needs;
  return await observe(machine, prepared, {
    proof,
    symbols,
    limits,
    limitMs: limitMs === undefined ? limits.scenarioMs : limitMs * limits.scale,
    leaks,
    signal,
    rest,
    ...(onNotice && { onNotice }),
    transcript,
    ...(files.length + features.length > 0 && { unmet: (guest) => unmetInGuest(needs, probesOf(probed(guest))) }),
  });
}

/** What answers questions about a guest. */
interface Probed {
  exists(path: string): Promise<boolean>;
  /** Whether a file has the word; false if there is no file. */
  hasWord(path: string, word: string): Promise<boolean>;
}

function probed(guest: Guest): Probed {
  return {
    exists: (path) => guest.exists(path),
    hasWord: async (path, word) =>
      (await guest.exists(path)) && (await guest.readFile(path)).split(/\W+/).includes(word),
  };
}

export function probesOf(guest: Probed) {
  return {
    hasFile: (path: string) => guest.exists(path),
    hasFeature: (name: string) => {
      if (name === 'kmemleak') return guest.exists('/sys/kernel/debug/kmemleak');
      // A security module that is built in may be left out by CONFIG_LSM or by lsm= on the command line.
      if (name === 'landlock') return guest.hasWord('/sys/kernel/security/lsm', name);
      throw new KconformError(`expect.ts needs "${name}", which kconform cannot probe`, {
        code: 'KC_UNKNOWN_FEATURE',
        blame: 'case',
        hint: 'known features: kmemleak, landlock',
      });
    },
  };
}
