import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type AuthorLoader, loadAuthorFile } from '../../authors/load.ts';
import { KconformError } from '../../errors/error.ts';
import type { Behaviour } from '../../expect/behaviours.ts';
import type { Expectation } from '../../expect/expectation.ts';

/** Where a folder of cases keeps the behaviours that its expectations name. */
const INVENTORY = 'behaviours/inventory.ts';

const schema = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
    statement: z.string().min(1),
    commits: z.array(z.string().regex(/^[0-9a-f]{12,40}$/)),
    where: z.string().min(1),
  }),
);

/** True for a folder of cases that keeps an inventory. */
export function hasBehaviours(root: string): boolean {
  return existsSync(join(root, INVENTORY));
}

/**
 * The behaviours that a folder of cases is about; none where it keeps no inventory.
 * @param shared where other files are loaded too
 * @throws KC_INVENTORY_BROKEN when it is not the list that it should be, or an id is there twice
 */
export async function loadBehaviours(root: string, shared?: AuthorLoader): Promise<Behaviour[]> {
  if (!hasBehaviours(root)) return [];
  const file = join(root, INVENTORY);
  const read = schema.safeParse(await (shared?.load(file) ?? loadAuthorFile(file)));
  if (!read.success) throw broken(file, z.prettifyError(read.error));
  const known = read.data;
  const twice = known.find(({ id }, index) => known.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw broken(file, `${twice.id} is there twice`);
  return known;
}

/** @throws KC_CASE_BROKEN when the expectation names a behaviour that is not among the known ones */
export function checkBehaviours({ behaviours = {} }: Expectation, known: readonly Behaviour[]): void {
  const unknown = Object.keys(behaviours).find((id) => !known.some((behaviour) => behaviour.id === id));
  if (unknown === undefined) return;
  const group = known.filter(({ id }) => id.startsWith(unknown.replace(/[^/]*$/, ''))).map(({ id }) => id);
  const groups = new Set(known.map(({ id }) => id.replace(/[^/]*$/, '')));
  throw new KconformError(`expect.ts names the behaviour ${unknown}, which ${INVENTORY} does not list`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: `there are ${(group.length > 0 ? group : [...groups]).join(', ') || 'none'}`,
  });
}

function broken(file: string, why: string): KconformError {
  return new KconformError(`${file} is not a list of behaviours: ${why}`, {
    code: 'KC_INVENTORY_BROKEN',
    blame: 'case',
  });
}
