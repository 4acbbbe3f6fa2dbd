import { KconformError } from '../errors/error.ts';
import type { Case } from '../run/discovery/cases.ts';

/** The only case that a name stands for. @throws KC_BISECT (host) if there are several */
export function oneCase(cases: readonly Case[], name: string): Case {
  const [found, another] = cases;
  if (found !== undefined && another === undefined) return found;
  throw new KconformError(`"${name}" means ${cases.length} cases, and one is wanted here`, {
    code: 'KC_BISECT',
    blame: 'host',
    hint: `name one, such as ${found?.name}`,
  });
}
