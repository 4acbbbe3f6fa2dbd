import type { Evidence } from '../errors.ts';
import { type Blame, KconformError } from '../errors.ts';
import type { Json } from '../expect/data-json.ts';

/** What a process for author files is asked; see child.ts. */
export type Request =
  /** To import a compiled file and to give its default export as data. */
  { readonly type: 'load'; readonly file: string };

/** What it answers, one answer for each request. */
export type Answer =
  /** `data`: the default export as encodeData makes it. `clean`: the file changed no globals and left no timers, so that another one may be loaded in the same process. */
  | { readonly type: 'loaded'; readonly data: Json; readonly clean: boolean }
  | { readonly type: 'failed'; readonly error: ErrorData }
  /** The file ends the process, by process.exit or the like; nothing more is answered. */
  | { readonly type: 'ending'; readonly error: ErrorData };

/** A KconformError on its way from one process to another. */
export interface ErrorData {
  readonly message: string;
  readonly code: string;
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
