import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { ErrorCode } from '../errors/codes.ts';
import { asKconformError, KconformError } from '../errors/error.ts';

const HARNESS = fileURLToPath(new URL('..', import.meta.url));

/** What an author's file threw, as the case's fault: with the place in the file, where it is an error of the author's own. */
export function authorThrew(thrown: unknown): KconformError {
  if (!(thrown instanceof Error)) {
    return new KconformError(`thrown: ${inspect(thrown)}, which is not an Error`, {
      code: 'KC_SCENARIO_THREW',
      blame: 'case',
      hint: 'throw new Error(…): it has a message and a place',
    });
  }
  const isAssertion = thrown.name === 'AssertionError';
  const error = asKconformError(thrown, 'case', isAssertion ? 'KC_SCENARIO_ASSERTED' : 'KC_SCENARIO_THREW');
  const place = thrown instanceof KconformError ? undefined : placeOf(thrown);
  if (place === undefined) return error;
  const mistyped = thrown instanceof TypeError || thrown instanceof ReferenceError;
  return new KconformError(`${error.message} (${place})`, {
    code: error.code,
    blame: error.blame,
    cause: thrown,
    ...(mistyped ? { hint: 'run npx tsc --noEmit: it reports the fields of a wrong type' } : {}),
  });
}

/** What a command comes to whose guest ends first: when that is nobody's wait, a scenario began it and went on. */
const OF_A_COMMAND: readonly ErrorCode[] = ['KC_INTERRUPTED'];

/** Whether what nobody awaited is of the calls of a scenario, or of a person at a prompt, and not kconform's own. */
export function isOfAuthor(thrown: unknown): boolean {
  if (!(thrown instanceof KconformError)) return placeOf(thrown) !== undefined;
  return thrown.blame === 'case' || OF_A_COMMAND.includes(thrown.code);
}

/** `mount-owner/scenario.ts:4:15`: the innermost line of TypeScript that is not kconform's own. */
export function placeOf(thrown: unknown): string | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  for (const [, file = '', at = ''] of stack.matchAll(/((?:\/[^/\n():]+)+\.m?ts)(:\d+:\d+)\)?$/gm))
    if (!file.startsWith(HARNESS)) return file.split(sep).slice(-2).join(sep) + at;
  return undefined;
}
