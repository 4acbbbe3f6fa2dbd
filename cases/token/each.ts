/** Something made of each member, under the same names. */
export function eachOf<K extends string, T, R>(
  all: Readonly<Record<K, T>>,
  make: (member: T, name: K) => R,
): Record<K, R> {
  const made: Partial<Record<K, R>> = {};
  for (const name in all) made[name] = make(all[name], name);
  if (!hasAll(made, all)) throw new TypeError('something is made of each member');
  return made;
}

function hasAll<K extends string, R>(
  some: Partial<Record<K, R>>,
  all: Readonly<Record<K, unknown>>,
): some is Record<K, R> {
  return Object.keys(all).every((name) => Object.hasOwn(some, name));
}
