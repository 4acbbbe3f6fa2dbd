import { KconformError } from '../errors/error.ts';
import { didYouMean } from '../errors/nearest.ts';
import { isWithin, plainPath } from '../expect/judge/diff.ts';
import { leafPaths } from '../expect/judge/leaves.ts';
import { withRule } from '../expect/program/rule.ts';
import type { Case } from '../run/discovery/cases.ts';

/** The only case that a name stands for. @throws KC_BISECT (host) if there are several */
export function oneCase(cases: readonly Case[], name: string): Case {
  const [found, another] = cases;
  if (found !== undefined && another === undefined) return found;
  throw new KconformError(`"${name}" means ${cases.length} cases, but this command takes one`, {
    code: 'KC_BISECT',
    blame: 'host',
    hint: `name one, such as ${found?.name}`,
  });
}

/** The case and the path in `CASE:PATH`, the path as results have it: `subtests.name` for `subtests["name"]`. */
export function caseAndPath(asked: string): { readonly name: string; readonly path: string | undefined } {
  const [, name = asked, path] = /^([^:]*)(?::(.*))?$/s.exec(asked) ?? [];
  return { name, path: path === undefined ? undefined : plainPath(path) };
}

/** Refuses the path of an observation that the case does not have, before anything is run. @throws KC_NO_SUCH_OBSERVATION (host) */
export function checkPath({ name, loaded }: Case, path: string | undefined): void {
  if (path === undefined || loaded instanceof Error) return;
  const leaves = leafPaths(withRule(loaded.expectation).outcome);
  // Which subtests a program has is known when it has run.
  if (loaded.expectation.program !== undefined && isWithin(path, 'subtests')) return;
  // What lies below a leaf is known when it is observed: a matcher may stand for a whole object.
  if (leaves.some((leaf) => isWithin(leaf, path) || isWithin(path, leaf))) return;
  throw new KconformError(`${name} has no observation "${path}"`, {
    code: 'KC_NO_SUCH_OBSERVATION',
    blame: 'host',
    hint: didYouMean(path, [...leaves.map(topOf), ...leaves]) ?? `npx kconform cases ${name} --observations lists them`,
  });
}

/** `hash` for `hash.afterwards`. */
function topOf(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}
