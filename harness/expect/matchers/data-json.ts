import { KconformError } from '../../errors/error.ts';
import { dataFaults } from '../faults/data.ts';
import { brand, isMatcher } from './matchers.ts';

/** What survives JSON and a structured clone. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * What an author wrote in expect.ts or kconform.config.ts, matchers included, as plain JSON data: for another thread or process,
 * or a file. `decodeData` gives it back; neither asks whether it is an expectation (`asExpectation`).
 *
 * An object whose names all begin with something else than `$` stands for itself, and so do lists, texts and finite numbers.
 * Objects with such a name stand for something else, and hold nothing besides:
 *
 *     { "$matcher": "anyOf", "$with": … }   a matcher and its encoded arguments, without $with where it has none
 *     { "$object": [[name, value], …] }     an object of the author's that has a name with a $
 *     { "$value": "undefined" }             undefined or -0
 *
 * So no data of an author, and nothing that a guest sent, reads back as a matcher.
 * @throws KC_CASE_BROKEN (case) with the path of what is no data: a RegExp, NaN, a function, a Map, what contains itself
 */
export function encodeData(value: unknown): Json {
  const faults = value === undefined ? [] : dataFaults(value);
  if (faults.length === 0) return encode(value);
  throw new KconformError(`its default export is not plain data: ${faults.join('; ')}`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: 'write null, booleans, numbers, text, lists, plain objects and matchers',
  });
}

/** What was encoded. @throws KC_CASE_BROKEN (case) for what encodeData did not make */
export function decodeData(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(decodeData);
  if (typeof json !== 'object' || json === null) return json;
  const { $value, $object, $matcher, $with, ...rest } = json as Readonly<Record<string, unknown>>;
  const names = Object.keys(rest);
  if (names.some((name) => name.startsWith('$'))) throw broken(json);
  if ($value === undefined && $object === undefined && $matcher === undefined && $with === undefined) {
    return Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, decodeData(member)]));
  }
  if (names.length > 0) throw broken(json);
  if (typeof $matcher === 'string') {
    return { [brand]: true, $matcher, ...($with !== undefined && { $with: decodeData($with) }) };
  }
  if (typeof $value === 'string' && Object.hasOwn(ODD_VALUES, $value)) return ODD_VALUES[$value];
  if (!Array.isArray($object)) throw broken(json);
  return Object.fromEntries($object.map(decodeMember));
}

const ODD_VALUES: Readonly<Record<string, undefined | number>> = {
  undefined: undefined,
  '-0': -0,
};

function encode(value: unknown): Json {
  const [odd] = Object.entries(ODD_VALUES).find(([, one]) => Object.is(one, value)) ?? [];
  if (odd !== undefined) return { $value: odd };
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (typeof value !== 'object') throw broken(typeof value);
  if (Array.isArray(value)) return value.map(encode);
  if (isMatcher(value)) {
    return value.$matcher === 'absent'
      ? { $matcher: value.$matcher }
      : { $matcher: value.$matcher, $with: encode(value.$with) };
  }
  const members = Object.entries(value).map(([name, member]) => [name, encode(member)] as const);
  return members.some(([name]) => name.startsWith('$')) ? { $object: members } : Object.fromEntries(members);
}

function decodeMember(member: unknown): [string, unknown] {
  if (!Array.isArray(member) || typeof member[0] !== 'string') throw broken(member);
  return [member[0], decodeData(member[1])];
}

function broken(what: unknown): KconformError {
  return new KconformError(`this is not encoded data of an author: ${JSON.stringify(what)?.slice(0, 100)}`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: 'encodeData makes it, of the same version of kconform',
  });
}
