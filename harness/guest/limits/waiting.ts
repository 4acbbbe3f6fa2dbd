import type { ErrorCode } from '../../errors/codes.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import { type Ending, unpackingEnding } from '../ending.ts';
import { interruptedError, type Qemu } from '../qemu/qemu.ts';
import { type Expiry, startLimit } from './limit.ts';
import { runningTime } from './running-time.ts';

/** What is awaited, in the evidence of a scenario that ran into its limit. */
export const END_OF_SCENARIO = 'end of the scenario';

export interface Wait {
  /** What is awaited, as a noun phrase. */
  readonly awaited: string;
  /** Infinity for what a person ends. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The error for a guest that ended while something was awaited of it. */
export function endedError(ending: Ending, qemu: Qemu, awaited: string, afterMs: number): KconformError {
  const { reason, code, blame, hint } = ending;
  return new KconformError(reason, {
    code,
    blame,
    ...(hint === undefined ? {} : { hint }),
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

/**
 * The ready message of a booting guest.
 * @param wait limit and signal
 * @throws KC_GUEST_MEMORY (case) for a guest that has only a part of its files, and what {@link awaitGuest} throws
 */
export async function awaitReady(qemu: Qemu, { limitMs, signal }: Omit<Wait, 'awaited'>): Promise<string> {
  const awaited = 'ready message of a booting guest';
  const startedAt = runningTime();
  const hostKey = await awaitGuest(qemu, qemu.control.ready(), { awaited, limitMs, signal });
  const ending = unpackingEnding(qemu.console.text());
  if (ending === undefined) return hostKey;
  throw endedError(ending, qemu, awaited, Math.round(runningTime() - startedAt));
}

/**
 * `promise`, unless the guest ends, the limit passes or the run is interrupted first. Time in which kconform or the guest's QEMU
 * did not run does not count: only a guest that could run, and did not answer, hangs.
 * @throws the error for the guest's end (ending.ts); KC_GUEST_HANG (kernel); KC_HOST_BUSY, KC_QEMU_STOPPED, KC_QEMU_SILENT (host);
 * KC_INTERRUPTED
 */
export async function awaitGuest<T>(qemu: Qemu, promise: Promise<T>, wait: Wait): Promise<T> {
  const startedAt = runningTime();
  const elapsed = () => Math.round(runningTime() - startedAt);
  let stop = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    const stopLimit = startLimit(wait.limitMs, qemu, (expiry) => {
      expiryError(qemu, wait, expiry).then(reject, reject);
    });
    const abort = () => reject(interruptedError(wait.awaited));
    if (wait.signal?.aborted) abort();
    wait.signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      stopLimit();
      wait.signal?.removeEventListener('abort', abort);
    };
  });
  const ended = qemu.ended.then((ending): never => {
    throw endedError(ending, qemu, wait.awaited, elapsed());
  });
  ended.catch(() => undefined); // the race below is over when it comes later
  interrupted.catch(() => undefined);
  try {
    return await Promise.race([promise, ended, interrupted]);
  } finally {
    stop();
  }
}

async function expiryError(qemu: Qemu, wait: Wait, expiry: Expiry): Promise<KconformError> {
  if (expiry.kind === 'host busy') return busyError(qemu, wait, expiry);
  if (expiry.kind === 'stopped') return stoppedError(qemu, wait, expiry);
  await qemu.lastMessageJudged();
  // QEMU answers although its guest hangs; where it does not, the host is to blame, and this throws.
  const status = JSON.stringify(await qemu.qmp.execute('query-status'));
  if (status.includes('"running":true')) return hangError(qemu, wait, expiry);
  return new KconformError(`QEMU has paused its guest (${status}): no ${wait.awaited}`, {
    code: 'KC_QEMU_STOPPED',
    blame: 'host',
    evidence: { awaited: wait.awaited, afterMs: expiry.afterMs, console: qemu.console.lastLines(30) },
  });
}

function hangError(qemu: Qemu, { awaited, limitMs }: Wait, { afterMs }: Expiry): KconformError {
  return new KconformError(`the guest hangs: no ${awaited} within ${limitMs / 1000} s`, {
    code: 'KC_GUEST_HANG',
    blame: 'kernel',
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

function stoppedError(qemu: Qemu, { awaited }: Wait, { afterMs }: Expiry): KconformError {
  return new KconformError(`QEMU has been stopped for ${seconds(qemu.pause.presentMs())}: no ${awaited}`, {
    code: 'KC_QEMU_STOPPED',
    blame: 'host',
    hint: `something on the host stopped process ${qemu.pid} (SIGSTOP, a debugger); run again`,
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

function busyError(qemu: Qemu, { awaited }: Wait, { afterMs, delayMs }: Expiry): KconformError {
  const waited = `in ${seconds(afterMs)}, of which its QEMU waited ${seconds(delayMs)} for a CPU`;
  return new KconformError(`the host is too busy for its guests: no ${awaited} ${waited}`, {
    code: 'KC_HOST_BUSY',
    blame: 'host',
    hint: 'run fewer guests at once (--jobs 1), or when the host is less busy',
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

/** A dying guest breaks the connection some milliseconds before its console and its exit tell why. */
const LAST_WORDS_MS = 1_000;

/** The error for the end of a guest that broke the connection, if it ends within a second; else the given error. */
export async function withLastWords(qemu: Qemu, error: KconformError, awaited: string): Promise<KconformError> {
  const end = awaitGuest(qemu, new Promise<never>(() => undefined), { awaited, limitMs: LAST_WORDS_MS });
  return end.catch((last: unknown) => (last instanceof KconformError && last.code !== 'KC_GUEST_HANG' ? last : error));
}

/** What a connection to the guest breaks with, or is silent with. */
const OF_CONNECTION: readonly ErrorCode[] = ['KC_SSH', 'KC_AGENT_CLOSED', 'KC_AGENT_SILENT'];

export function isOfConnection({ code }: KconformError): boolean {
  return OF_CONNECTION.includes(code);
}

/**
 * What it means that the connection to a guest broke, or that nothing answers on it: the guest's end or hang, where there is one.
 * Otherwise init answers on its own port, and what serves the connection was ended or stopped in the guest.
 */
export async function connectionError(qemu: Qemu, error: KconformError, wait: Wait): Promise<KconformError> {
  const last = await withLastWords(qemu, error, wait.awaited);
  if (last !== error) return last;
  const answer = awaitGuest(qemu, qemu.control.saysAnything(), {
    ...wait,
    awaited: 'answer of the guest after its connection broke',
  });
  const lost = () =>
    new KconformError(`the scenario ended or stopped what kconform runs in the guest: ${error.message}`, {
      code: 'KC_CONNECTION_LOST',
      blame: 'case',
      hint: 'a scenario may kill what it has started; kill -9 -1, killall and pkill also hit the SSH server and the agent',
      evidence: { awaited: wait.awaited, console: qemu.console.lastLines(15) },
      cause: error,
    });
  return answer.then(lost, (thrown: unknown) => asKconformError(thrown, 'harness', 'KC_BUG'));
}
