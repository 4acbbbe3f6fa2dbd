import { BLAMES, type Blame } from './codes/blame.ts';
import type { ErrorCode } from './codes.ts';
import { hostLimitHint } from './host-limits.ts';

export { BLAMES, type Blame };

/** What was seen when something went wrong; printed below the error and kept in the results. */
export interface Evidence {
  /** What was awaited, as a noun phrase: "the guest's ready message". */
  readonly awaited?: string;
  /** How long it was awaited, in milliseconds. */
  readonly afterMs?: number;
  /** The last lines of the guest's console. */
  readonly console?: readonly string[];
  /** The file with the whole log. */
  readonly log?: string;
  /** What a tool that we ran printed. */
  readonly output?: string;
}

export interface ErrorDetails {
  readonly code: ErrorCode;
  readonly blame: Blame;
  /** What the reader can do next: a command or an option. */
  readonly hint?: string;
  readonly evidence?: Evidence;
  readonly cause?: unknown;
}

/** The root of every error that kconform raises on purpose. Its code is one of codes.ts. */
export class KconformError extends Error {
  override readonly name = 'KconformError';
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly hint: string | undefined;
  readonly evidence: Evidence;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.blame = details.blame;
    this.hint = details.hint;
    this.evidence = details.evidence ?? {};
  }
}

/** Any thrown value as a KconformError; what we did not raise ourselves is blamed as the caller says, or on the host when that refuses files, memory or space. */
export function asKconformError(thrown: unknown, blame: Blame, code: ErrorCode): KconformError {
  if (thrown instanceof KconformError) return thrown;
  const hint = hostLimitHint(thrown);
  if (hint !== undefined)
    return new KconformError(messageOf(thrown), { code: 'KC_HOST_LIMIT', blame: 'host', hint, cause: thrown });
  return new KconformError(messageOf(thrown), { code, blame, cause: thrown });
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === '' ? `${thrown.name} without a message` : thrown.message;
  return `a value that is not an Error was thrown: ${String(thrown)}`;
}
