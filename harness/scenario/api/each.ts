/** Makes a value for each name: `eachOf(['uid', 'gid'], (name) => …)`. @returns the values by their names */
export function eachOf<const K extends string, R>(
  names: readonly K[],
  make: (name: K, index: number) => R,
): Record<K, R>;
/** Makes a value for each member of a record: `eachOf({ map: 1, program: 2 }, (member, name) => …)`. @returns the values by the same names */
export function eachOf<K extends string, T, R>(
  members: Readonly<Record<K, T>>,
  make: (member: T, name: K) => R,
): Record<K, R>;
export function eachOf<K extends string, T, R>(
  of: readonly K[] | Readonly<Record<K, T>>,
  make: ((name: K, index: number) => R) & ((member: T, name: K) => R),
): Record<K, R> {
  const made: Partial<Record<K, R>> = {};
  if (isList(of)) for (const [index, name] of of.entries()) made[name] = make(name, index);
  else for (const name in of) made[name] = make(of[name], name);
  if (!hasAll(made, isList(of) ? of : Object.keys(of))) throw new TypeError('a value is made for each name');
  return made;
}

/** Like `eachOf` for a record, with values that are promises: they are made one after another. @throws what `make` throws */
export async function eachInTurn<K extends string, T, R>(
  members: Readonly<Record<K, T>>,
  make: (member: T, name: K) => Promise<R>,
): Promise<Record<K, R>> {
  const made: Partial<Record<K, R>> = {};
  for (const name in members) made[name] = await make(members[name], name);
  if (!hasAll(made, Object.keys(members))) throw new TypeError('a value is made for each name');
  return made;
}

function isList<K extends string, T>(of: readonly K[] | Readonly<Record<K, T>>): of is readonly K[] {
  return Array.isArray(of);
}

function hasAll<K extends string, R>(some: Partial<Record<K, R>>, names: readonly string[]): some is Record<K, R> {
  return names.every((name) => Object.hasOwn(some, name));
}
