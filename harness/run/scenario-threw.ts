import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asKconformError, KconformError } from '../errors.ts';

const HARNESS = fileURLToPath(new URL('..', import.meta.url));

/** What a scenario threw, as the case's fault: with the place in the author's file, where it is an error of the author's own. */
export function scenarioThrew(thrown: unknown): KconformError {
  const error = asKconformError(thrown, 'case', 'KC_SCENARIO_THREW');
  const place = thrown instanceof KconformError ? undefined : placeOf(thrown);
  if (place === undefined) return error;
  const mistyped = thrown instanceof TypeError || thrown instanceof ReferenceError;
  return new KconformError(`${error.message} (${place})`, {
    code: error.code,
    blame: error.blame,
    cause: thrown,
    ...(mistyped ? { hint: 'npx tsc --noEmit tells what does not fit its type' } : {}),
  });
}

/** Whether it is a scenario's own fault, and not one of kconform. */
export function isOfScenario(thrown: unknown): boolean {
  return thrown instanceof KconformError ? thrown.blame === 'case' : placeOf(thrown) !== undefined;
}

/** `mount-owner/scenario.ts:4:15`: the innermost line of TypeScript that is not kconform's own. */
function placeOf(thrown: unknown): string | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  for (const [, file = '', at = ''] of stack.matchAll(/((?:\/[^/\n():]+)+\.m?ts)(:\d+:\d+)\)?$/gm))
    if (!file.startsWith(HARNESS)) return file.split(sep).slice(-2).join(sep) + at;
  return undefined;
}
