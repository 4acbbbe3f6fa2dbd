import type { ErrorCode } from '../errors/codes.ts';
import { type Blame, type Evidence, KconformError } from '../errors/error.ts';
import type { Json } from '../expect/matchers/data-json.ts';

/** What a process for author files is asked; see child.ts. Each is answered once, also with `failed`. */
export type Request =
  /** To import a compiled file and to give its default export as data: `loaded`. */
  | { readonly type: 'load'; readonly file: string }
  /** To import a compiled scenario: `done`. */
  | { readonly type: 'prepare'; readonly file: string }
  /** To run that scenario in the guest behind the agent's stream: `observed`. */
  | { readonly type: 'run' }
  /** Whether it still handles events: `done`. */
  | { readonly type: 'ping' }
  /** To raise the scenario's signal: `done`. */
  | { readonly type: 'abort' }
  /** To give up calls in the guest that are under way: `expired`. */
  | { readonly type: 'expire' }
  /** To tell what the scenario began and does not await, as far as it failed: `unawaited`. */
  | { readonly type: 'finish' };

export type Answer =
  /** `data`: the default export as encodeData makes it. `clean`: the file changed no globals and left no timers, so that another one may be loaded in the same process. */
  | { readonly type: 'loaded'; readonly data: Json; readonly clean: boolean }
  | { readonly type: 'done' }
  /** JSON of an object. */
  | { readonly type: 'observed'; readonly observations: string }
  | { readonly type: 'expired' | 'unawaited'; readonly error: ErrorData | undefined }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** What it says unasked. */
export type Event =
  /** The file ends the process, by process.exit or the like; nothing more is answered. */
  | { readonly type: 'ending'; readonly error: ErrorData }
  /** Entries of the transcript, by their number, as they are now. */
  | { readonly type: 'transcript'; readonly entries: readonly (readonly [number, readonly string[]])[] }
  /** What the file read or did that may come out otherwise the next time: `the clock`, `a race`. */
  | { readonly type: 'varies'; readonly what: string }
  /** See ScenarioContext. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'output'; readonly bytes: Uint8Array };

/** Requests and their answers have a number; events have none. */
export interface Numbered<T> {
  readonly number: number;
  readonly content: T;
}

/** A KconformError on its way from one process to another. */
export interface ErrorData {
  readonly message: string;
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly hint: string | undefined;
  readonly evidence: Evidence;
  /** Of what was thrown at first; shown by --debug. */
  readonly stack: string | undefined;
}

export function encodeError(error: KconformError): ErrorData {
  const { message, code, blame, hint, evidence, cause } = error;
  return { message, code, blame, hint, evidence, stack: (cause instanceof Error ? cause : error).stack };
}

export function decodeError({ message, code, blame, hint, evidence, stack }: ErrorData): KconformError {
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  return new KconformError(message, { code, blame, evidence, cause, ...(hint === undefined ? {} : { hint }) });
}
