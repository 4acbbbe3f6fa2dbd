import { KconformError } from '../errors/error.ts';
import type { Observations } from '../expect/outcome.ts';
import type { AgentClient } from '../guest/agent/client.ts';
import { DIAGNOSIS_LIMIT_MS } from '../guest/agent/processes.ts';
import { createGuest } from '../scenario/api/guest.ts';
import type { Scenario, ScenarioContext } from '../scenario/api/scenario.ts';
import type { Transcript } from '../scenario/api/transcript.ts';
import { decodeError, type Event } from './messages.ts';
import { AuthorProcess } from './process.ts';
import type { LoadedScenario, TypeScriptScenario } from './scenarios.ts';
import { receiver } from './sent-transcript.ts';

/** What a prepared scenario is run with. */
export interface RunSetting extends Pick<ScenarioContext, 'signal' | 'onOutput' | 'onNotice'> {
  /** Of a guest that nobody else uses. */
  readonly agent: AgentClient;
  /** Records what is done in the guest. */
  readonly transcript: Transcript;
}

/** A scenario that is ready to be run once. Disposing it ends all that it still does on the host. */
export interface PreparedScenario extends AsyncDisposable {
  /** @throws KconformError: what it threw, or how its process ended (KC_AUTHOR_EXIT, case; KC_AUTHOR_KILLED, host) */
  run(setting: RunSetting): Promise<Observations>;
  /** For one whose time is over: see AgentClient. `busy`: it handles no events any more. */
  expireCalls(): Promise<{ readonly stuck: KconformError | undefined; readonly busy: boolean }>;
  /** What it has read or done that may come out otherwise the next time, as noun phrases: `the clock`, `a race`. */
  variations(): readonly string[];
  /** After the end of its guest: what it began and does not await, as far as it failed. */
  unawaited(): Promise<KconformError | undefined>;
}

/** For a process that starts and imports a file, on a machine that does other things too. */
const LOADING_LIMIT_MS = 10_000;
/** For one that has nothing to do but to answer. */
const ANSWER_LIMIT_MS = 5_000;
/** Longer than the agent's client takes for a call that hangs. */
const EXPIRY_LIMIT_MS = DIAGNOSIS_LIMIT_MS + ANSWER_LIMIT_MS;

/**
 * Makes a scenario ready: one in TypeScript is loaded in a process of its own.
 * @param ready gives a process that has started already
 * @throws KconformError (case) where it cannot be loaded; KC_AUTHOR_PROCESS, KC_AUTHOR_KILLED (host)
 */
export async function prepare(
  scenario: LoadedScenario,
  ready: () => Promise<AuthorProcess> = AuthorProcess.start,
): Promise<PreparedScenario> {
  if (scenario.kind === 'typescript') return Isolated.load(scenario, await ready());
  return new InProcess(scenario, await scenario.compile?.());
}

/** A scenario in shell or C. */
class InProcess implements PreparedScenario {
  readonly #scenario: Scenario;
  readonly #compiledWith: string | undefined;
  #agent: AgentClient | undefined;
  #transcript: Transcript | undefined;

  constructor(scenario: Scenario, compiledWith: string | undefined) {
    this.#scenario = scenario;
    this.#compiledWith = compiledWith;
  }

  async run({ agent, transcript, ...context }: RunSetting): Promise<Observations> {
    this.#agent = agent;
    this.#transcript = transcript;
    if (this.#compiledWith !== undefined) transcript.note(`compiled with ${this.#compiledWith}`);
    const observed = await this.#scenario.run({ guest: await createGuest(agent, transcript), ...context });
    // What it hits until then depends on how fast the host is.
    if ('stoppedAfterMs' in observed) transcript.varies('stopped');
    return observed;
  }

  async expireCalls() {
    return { stuck: await this.#agent?.expireCalls(), busy: false };
  }

  variations(): readonly string[] {
    return this.#transcript?.variations() ?? [];
  }

  async unawaited() {
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** One in TypeScript. */
class Isolated implements PreparedScenario {
  readonly #process: AuthorProcess;
  readonly #variations = new Set<string>();
  #hasEnded = false;

  private constructor(process: AuthorProcess) {
    this.#process = process;
    this.#listen(() => undefined);
  }

  #listen(others: (event: Event) => void): void {
    this.#process.onEvent = (event) => {
      if (event.type === 'varies') this.#variations.add(event.what);
      else others(event);
    };
  }

  static async load({ compiled }: TypeScriptScenario, process: AuthorProcess): Promise<Isolated> {
    const prepared = new Isolated(process);
    try {
      const awaited = `end of the loading of ${compiled.source}`;
      await process.ask({ type: 'prepare', file: compiled.file }, 'done', awaited, LOADING_LIMIT_MS);
      return prepared;
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  async run({ agent, transcript, signal, onNotice, onOutput }: RunSetting): Promise<Observations> {
    const record = receiver(transcript);
    this.#listen((event) => {
      if (event.type === 'transcript') record(event.entries);
      if (event.type === 'notice') onNotice?.(event.text);
      if (event.type === 'output') onOutput?.(Buffer.from(event.bytes));
    });
    const abort = () => void this.#process.ask({ type: 'abort' }, 'done', 'answer').catch(() => undefined);
    signal.addEventListener('abort', abort, { once: true });
    agent.share(this.#process.stream);
    try {
      const { observations } = await this.#process.ask({ type: 'run' }, 'observed', 'end of the scenario');
      return JSON.parse(observations);
    } catch (error) {
      this.#hasEnded ||= error instanceof KconformError && error.code.startsWith('KC_AUTHOR_');
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async expireCalls() {
    try {
      await this.#process.ask({ type: 'ping' }, 'done', 'answer', ANSWER_LIMIT_MS);
    } catch {
      await this[Symbol.asyncDispose](); // what it does not read keeps us from reading what the agent says
      return { stuck: undefined, busy: true };
    }
    const awaited = 'end of calls in the guest';
    const { error } = await this.#process.ask({ type: 'expire' }, 'expired', awaited, EXPIRY_LIMIT_MS);
    return { stuck: error && decodeError(error), busy: false };
  }

  variations(): readonly string[] {
    return [...this.#variations];
  }

  async unawaited() {
    if (this.#hasEnded) return undefined; // told already
    const awaited = 'end of the scenario, which has returned what it observed';
    const { error } = await this.#process.ask({ type: 'finish' }, 'unawaited', awaited, ANSWER_LIMIT_MS);
    return error && decodeError(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
