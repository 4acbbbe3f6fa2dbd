/**
 * The environment of compilers and of make(1), beside TMPDIR. Others of the caller's variables (CC, CFLAGS, LIBRARY_PATH, MAKEFLAGS)
 * would give other programs under the same name in the cache.
 */
export function buildEnvironment(): Record<string, string> {
  const own = { PATH: process.env.PATH, HOME: process.env.HOME };
  const given = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), LANG: 'C' };
}
