import { KconformError } from '../../errors/error.ts';
import { join } from '../../expect/judge/diff.ts';
import { isMatcher } from '../../expect/matchers/matchers.ts';
import type { Observed } from '../../expect/outcome.ts';

/**
 * What a scenario observed, as plain data of its own: a copy, which the scenario and what it leaves running cannot change.
 * @throws KC_OBSERVATION (case) with the path of what is no data
 */
export function checkObservations<O extends object>(observations: O): O & { readonly [name: string]: Observed } {
  if (isObservations(observations)) {
    const copy = copied(observations);
    if (isObservations(copy)) return copy;
  }
  throw wrong(
    'the outcome',
    `${describe(observations)}, where it should be an object with a member for each observation`,
  );
}

/** A proxy cannot be copied. */
function copied<T>(observations: T): T {
  try {
    return structuredClone(observations);
  } catch (cause) {
    throw wrong('the outcome', `an object that cannot be copied (${cause instanceof Error ? cause.message : cause})`);
  }
}

function isObservations<O extends object>(value: O): value is O & { readonly [name: string]: Observed } {
  if (!isPlainObject(value)) return false;
  checkMembers(value, '', []);
  return true;
}

function checkValue(value: unknown, path: string, above: readonly object[]): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw wrong(path, String(value), 'observe a finite number, or text');
  }
  if (typeof value === 'object') {
    if (above.includes(value)) throw wrong(path, 'an object that contains itself');
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++)
        checkValue(value[index], `${path}[${index}]`, [...above, value]);
      return;
    }
    if (isPlainObject(value)) {
      checkMembers(value, path, above);
      return;
    }
  }
  throw wrong(path, describe(value), HINTS[typeof value]);
}

function checkMembers(value: object, path: string, above: readonly object[]): void {
  if (isMatcher(value)) throw wrong(path, 'a matcher', 'matchers belong in expect.ts; observe a value');
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) throw wrong(path, `an object with a member named ${String(symbol)}`);
  for (const [name, member] of Object.entries(value)) checkValue(member, join(path, name), [...above, value]);
}

const HINTS: Readonly<Record<string, string>> = {
  function: 'call it and observe its result',
  undefined: 'observe null where there is nothing, or leave the name out',
  bigint: 'observe Number(…) where it is exact, else text',
  object: 'observe its members by name; a promise must be awaited, and bytes become text',
};

function isPlainObject(value: object | null): boolean {
  if (value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'bigint') return `the bigint ${value}n`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return `an object of class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'symbol' ? 'a symbol' : String(value);
}

function wrong(path: string, what: string, hint?: string): KconformError {
  return new KconformError(`${path === '' ? 'the outcome' : path} cannot be an observation: it is ${what}`, {
    code: 'KC_OBSERVATION',
    blame: 'case',
    hint: hint ?? 'observations are null, booleans, numbers, text, and lists and objects of them',
  });
}
