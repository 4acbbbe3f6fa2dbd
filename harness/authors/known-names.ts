import { didYouMean } from '../errors/nearest.ts';

/** What JavaScript and tools ask every object for. */
const ASKED_OF_ALL: readonly string[] = ['then', 'toJSON', 'nodeType', '$$typeof', 'asymmetricMatch', 'default'];

/**
 * An export of 'kconform' that throws a TypeError where a constant has a name that it does not have. Without types, `O.RDONY` would be
 * undefined, the guest would take it for 0, and the kernel's answer for that would be observed.
 * @param name of the export, for the message
 */
export function withKnownNames<T>(name: string, value: T): T {
  if (!isNamespace(value) && !isConstants(value)) return value;
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(value, {
    get(target, key) {
      if (!(key in target) && typeof key === 'string' && !ASKED_OF_ALL.includes(key))
        throw unknownName(name, key, target);
      const member: unknown = Reflect.get(target, key);
      if (!isNamespace(value) || typeof key !== 'string') return member;
      if (!wrapped.has(key)) wrapped.set(key, withKnownNames(`${name}.${key}`, member));
      return wrapped.get(key);
    },
  });
}

function unknownName(name: string, key: string, target: object): TypeError {
  const hint = didYouMean(key, Object.keys(target));
  return new TypeError(`${name} has no ${key}${hint === undefined ? '' : `; ${hint}`}`);
}

/** `bpf`, `futex`: `export * as`, in a module or in its compiled copy, where its members are getters. */
function isNamespace(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.prototype.toString.call(value) === '[object Module]') return true;
  const members = Object.values(Object.getOwnPropertyDescriptors(value));
  return members.length > 0 && members.every(({ get }) => get !== undefined);
}

/** `O`, `MS`: names and numbers alone. */
function isConstants(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((one) => typeof one === 'number' || typeof one === 'bigint');
}
