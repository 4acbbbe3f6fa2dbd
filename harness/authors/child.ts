/** Runs in a process of its own: imports files of authors. What they do to it reaches neither kconform nor another case. */
import { pathToFileURL } from 'node:url';
import { KconformError } from '../errors.ts';
import { encodeData, type Json } from '../expect/data-json.ts';
import * as kconform from '../index.ts';
import { authorThrew, placeOf } from './author-threw.ts';
import { type Globals, takeGlobals } from './globals.ts';
import { type Answer, encodeError, type Request } from './messages.ts';

/** Beyond the reach of authors, who might end the connection or answer themselves. */
const send = process.send?.bind(process);
Object.assign(process, { send: undefined, disconnect: undefined });
const { channel } = process;
const reallyExit = process.exit.bind(process);

function answer(message: Answer, sent?: () => void): void {
  send?.(message, undefined, undefined, sent);
}

/** Says what ends the process, and ends it. */
function ending(what: string): never {
  const cause = new Error(`${what} was called`);
  const place = placeOf(cause);
  const told = new KconformError(`${cause.message}${place === undefined ? '' : ` (${place})`}`, {
    code: 'KC_AUTHOR_EXIT',
    blame: 'case',
    hint: 'a scenario ends by returning what it observed, or by throwing an error',
    cause,
  });
  answer({ type: 'ending', error: encodeError(told) }, () => reallyExit(1));
  throw told;
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
process.setSourceMapsEnabled(true); // from here on: errors of authors are told with lines of their files

/** As the first file found them. */
let globals: Globals | undefined;

/** Ends the loading that is under way, if there is one, with what nobody awaits or what can never come. */
let fail: (thrown: unknown) => void = () => undefined;

process.on('uncaughtException', (error) => fail(error));
process.on('unhandledRejection', (reason) => fail(reason));
process.on('beforeExit', () => fail(neverEnds()));
process.on('message', (request: Request) => void load(request.file));
process.on('disconnect', () => reallyExit(0));

async function load(file: string): Promise<void> {
  globals ??= takeGlobals();
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  channel?.unref(); // while nothing else is open either, what is awaited never comes: see beforeExit
  try {
    const module: unknown = await Promise.race([import(pathToFileURL(file).href), failed]);
    const data = dataOf(module);
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]); // rejections that nobody awaits
    answer({ type: 'loaded', data, clean: globals.unchanged() });
  } catch (thrown) {
    answer({ type: 'failed', error: encodeError(authorThrew(thrown)) });
  } finally {
    channel?.ref();
    fail = () => undefined;
  }
}

/** The default export, encoded. @throws KC_CASE_BROKEN (case) where it is no data */
function dataOf(module: unknown): Json {
  const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  return encodeData(value);
}

function neverEnds(): KconformError {
  return new KconformError('its top-level await waits for what never comes', {
    code: 'KC_AUTHOR_LOADING',
    blame: 'case',
  });
}
