/** Runs in a process of its own: imports and runs files of authors. What they do to it reaches neither kconform nor another case. */
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { KconformError } from '../errors/error.ts';
import { encodeData } from '../expect/matchers/data-json.ts';
import type { Observations } from '../expect/outcome.ts';
import { AgentClient } from '../guest/agent/client.ts';
import { SECOND_CLIENT } from '../guest/agent/connection.ts';
import * as kconform from '../index.ts';
import { createGuest } from '../scenario/api/guest.ts';
import { checkObservations } from '../scenario/api/observations.ts';
import type { Scenario } from '../scenario/api/scenario.ts';

import { authorThrew, placeOf } from './author-threw.ts';
import { type Globals, takeGlobals } from './globals.ts';
import { watchHost } from './host-reads.ts';
import { type Answer, type Event, encodeError, type Numbered, type Request } from './messages.ts';
import { SentTranscript } from './sent-transcript.ts';

/** What files of authors import as 'kconform'. */
export * from '../index.ts';
export { withKnownNames } from './known-names.ts';

/** The descriptor with the agent's stream; see AuthorProcess. */
const AGENT_STREAM = 4;

/** Beyond the reach of authors, who might end the connection or answer themselves. */
const send = process.send?.bind(process);
Object.assign(process, { send: undefined, disconnect: undefined });
const { channel } = process;
const reallyExit = process.exit.bind(process);

function say(message: Numbered<Answer> | Event, said?: () => void): void {
  send?.(message, undefined, undefined, said);
}

function varies(what: string): void {
  say({ type: 'varies', what });
}

/** Says what ends the process, and ends it. */
function ending(what: string): never {
  const cause = new Error(`${what} was called`);
  const place = placeOf(cause);
  const error = new KconformError(`${cause.message}${place === undefined ? '' : ` (${place})`}`, {
    code: 'KC_AUTHOR_EXIT',
    blame: 'case',
    hint: 'end a scenario by returning its observations or by throwing an error',
    cause,
  });
  say({ type: 'ending', error: encodeError(error) }, () => reallyExit(1));
  throw error;
}

process.exit = (code) => ending(`process.exit(${code ?? ''})`);
process.abort = () => ending('process.abort()');
Object.assign(process, { reallyExit: (code: unknown) => ending(`process.reallyExit(${code ?? ''})`) });
const kill = process.kill.bind(process);
process.kill = (pid, signal) => {
  // 0 and -1 are groups that this process belongs to; its parent is kconform.
  if ([0, -1, process.pid, -process.pid, process.ppid, -process.ppid].includes(pid))
    return ending(`process.kill(${pid === process.pid ? 'process.pid' : pid})`);
  return kill(pid, signal);
};

for (const value of Object.values(kconform)) if (typeof value === 'object') Object.freeze(value);
process.setSourceMapsEnabled(true); // so that stack traces name lines of the author's own files

/** As the first file found them. */
let globals: Globals | undefined;
let scenario: Scenario | undefined;
let agent: AgentClient | undefined;
const interruption = new AbortController();
/** What was thrown or rejected where nobody awaits it, by the promise or the error. */
const unawaited = new Map<unknown, unknown>();
/** While a file is loaded its loading fails of it instead. */
let failLoading: ((thrown: unknown) => void) | undefined;

process.on('uncaughtException', (error) => note(error, error));
process.on('unhandledRejection', (reason, promise) => note(reason, promise));
process.on('rejectionHandled', (promise) => unawaited.delete(promise));
process.on('beforeExit', () => failLoading?.(neverEnds()));
process.on('disconnect', () => reallyExit(0));
process.on('message', ({ number, content }: Numbered<Request>) => {
  const answered = handle(content).catch((thrown: unknown): Answer => {
    return { type: 'failed', error: encodeError(authorThrew(thrown)) };
  });
  void answered.then((answer) => say({ number, content: answer }));
});

function note(thrown: unknown, by: unknown): void {
  if (failLoading === undefined) unawaited.set(by, thrown);
  else failLoading(thrown);
}

async function handle(request: Request): Promise<Answer> {
  switch (request.type) {
    case 'load': {
      const data = await load(request.file, encodeData);
      return { type: 'loaded', data, clean: globals?.unchanged() === true };
    }
    case 'prepare':
      watchHost(varies);
      scenario = await load(request.file, scenarioOf);
      return { type: 'done' };
    case 'run':
      return { type: 'observed', observations: JSON.stringify(await run()) };
    case 'ping':
      return { type: 'done' };
    case 'abort':
      interruption.abort();
      return { type: 'done' };
    case 'expire': {
      const error = await agent?.expireCalls();
      return { type: 'expired', error: error && encodeError(error) };
    }
    case 'finish': {
      await new Promise((resolve) => setImmediate(resolve)); // rejections of this turn are reported before it
      return { type: 'unawaited', error: unawaitedError() };
    }
  }
}

/** Imports a file and takes its default export. */
async function load<T>(file: string, take: (value: unknown) => T): Promise<T> {
  globals ??= takeGlobals();
  const failed = new Promise<never>((_, reject) => {
    failLoading = reject;
  });
  failed.catch(() => undefined);
  channel?.unref(); // while nothing else is open either, what is awaited never comes: see beforeExit
  try {
    const module: unknown = await Promise.race([import(pathToFileURL(file).href), failed]);
    const value = take(
      typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined,
    );
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]); // rejections that nobody awaits
    return value;
  } finally {
    channel?.ref();
    failLoading = undefined;
  }
}

function scenarioOf(value: unknown): Scenario {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'scenario')
    throw broken('it has no default export made by scenario(…)');
  if ('run' in value && typeof value.run === 'function') return { ...value, kind: 'scenario', run: runOf(value.run) };
  throw broken('its default export looks like a scenario and cannot be run');
}

function runOf(run: object): Scenario['run'] {
  return async (context) => checkObservations(Object(await Reflect.apply(Object(run), undefined, [context])));
}

async function run(): Promise<Observations> {
  if (scenario === undefined) throw new TypeError('no scenario was prepared');
  agent = new AgentClient(new Socket({ fd: AGENT_STREAM }), SECOND_CLIENT);
  const transcript = new SentTranscript((entries) => say({ type: 'transcript', entries }), varies);
  const guest = await createGuest(agent, transcript);
  try {
    return await scenario.run({
      guest,
      signal: interruption.signal,
      onNotice: (text) => say({ type: 'notice', text: String(text) }),
      onOutput: (bytes) => say({ type: 'output', bytes }),
    });
  } finally {
    transcript.flush();
  }
}

function unawaitedError() {
  const [first] = unawaited.values();
  if (unawaited.size === 0) return undefined;
  const error = new KconformError(`the scenario does not await what failed: ${authorThrew(first).message}`, {
    code: 'KC_UNAWAITED',
    blame: 'case',
    hint: 'await it, or add .catch(() => undefined) if it may fail',
    cause: first,
  });
  return encodeError(error);
}

function neverEnds(): KconformError {
  return broken('its top-level await never completes');
}

function broken(message: string, cause?: unknown): KconformError {
  return new KconformError(message, { code: 'KC_CASE_BROKEN', blame: 'case', cause });
}
