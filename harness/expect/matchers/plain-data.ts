import { KconformError } from '../../errors/error.ts';
import { join } from '../judge/diff.ts';

/**
 * Sees to it that observations are what can be compared, stored and printed. A promise that nobody awaited, a map or an error
 * has no members of its own, and would equal an empty object.
 * @throws KC_OBSERVATION_NOT_DATA with the path and what is there
 */
export function assertPlainData(value: unknown, path = '', above: readonly unknown[] = []): void {
  const where = path === '' ? 'what the scenario returned' : `the observation ${path}`;
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw notData(`${where} is a ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value)) throw notData(`${where} contains itself`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw notData(`${where} has a member named by a symbol`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) assertPlainData(element, `${path}[${index}]`, inside);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    const name = value.constructor.name;
    throw notData(`${where} is ${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`);
  }
  for (const [name, member] of Object.entries(value)) assertPlainData(member, join(path, name), inside);
}

function notData(what: string): KconformError {
  return new KconformError(`${what}, which is not data`, {
    code: 'KC_OBSERVATION_NOT_DATA',
    blame: 'case',
    hint: 'return null, booleans, numbers, text, lists and plain objects from the scenario; await promises',
  });
}
