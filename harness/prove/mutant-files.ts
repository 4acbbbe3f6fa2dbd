import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { glob } from 'zx';
import { AuthorLoader } from '../authors/load.ts';
import { KconformError } from '../errors/error.ts';
import type { DeclaredMutant, EquivalentMutant } from './mutant.ts';

/** The mutants of a folder of cases. */
export interface Mutants {
  /** Those that undo a commit first, then by file. */
  readonly declared: readonly DeclaredMutant[];
  readonly equivalents: readonly EquivalentMutant[];
  /** By id, `FILE:LINE` of the declaration. */
  readonly places: ReadonlyMap<string, string>;
}

const Text = z.string().min(1);
const Declaration = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'an id is GROUP/NAME, of small letters, digits and -'),
  undoes: z
    .string()
    .regex(/^[0-9a-f]{12,40}$/, 'a commit is 12 hexadecimal digits or more')
    .exactOptional(),
  breaks: z.array(Text).default([]),
  edits: z.array(z.strictObject({ file: Text, find: Text, replace: z.string() })),
  mustFail: z.record(z.string(), z.array(z.string())),
});
const Equivalent = z.strictObject({
  file: Text,
  function: Text,
  change: Text.exactOptional(),
  below: Text.exactOptional(),
  why: Text,
});
const MutantsFile = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mutants'), mutants: z.array(Declaration) }),
  z.strictObject({ kind: z.literal('equivalent mutants'), mutants: z.array(Equivalent) }),
]);

const OWN_CASES = fileURLToPath(new URL('../../cases', import.meta.url));
const OWN_MUTANTS = fileURLToPath(new URL('../../images/kernels/mutants', import.meta.url));

/** Where the mutants of a folder of cases are: in its own folder `mutants`; those of kconform's own cases in images/kernels. */
export function mutantsFolder(cases: string): string {
  return resolve(cases) === OWN_CASES ? OWN_MUTANTS : join(resolve(cases), 'mutants');
}

/**
 * Loads all files of mutants of a folder of cases; none where it has no folder of mutants.
 * @throws KC_BROKEN_DECLARATION (case) with file and line of the first mistake
 */
export async function loadMutants(cases: string): Promise<Mutants> {
  const folder = mutantsFolder(cases);
  const names = existsSync(folder) ? await glob('**/*.ts', { cwd: folder, ignore: ['**/*.test.ts'] }) : [];
  const declared: DeclaredMutant[] = [];
  const equivalents: EquivalentMutant[] = [];
  const places = new Map<string, string>();
  await using loader = await AuthorLoader.create();
  for (const name of names.sort()) {
    const path = join(folder, name);
    const file = await readMutantsFile(path, relative(dirname(resolve(cases)), path), loader);
    if (file.kind === 'equivalent mutants') equivalents.push(...file.mutants);
    else declared.push(...file.mutants.map((one) => ({ kind: 'declared' as const, ...one })));
    for (const [id, place] of file.places) places.set(id, places.get(id) ?? place);
  }
  const undoFirst = [...declared].sort((a, b) => Number(a.undoes === undefined) - Number(b.undoes === undefined));
  return { declared: undoFirst, equivalents, places };
}

/** @param shown the file's name in messages */
async function readMutantsFile(
  path: string,
  shown: string,
  loader: AuthorLoader,
): Promise<z.infer<typeof MutantsFile> & { readonly places: ReadonlyMap<string, string> }> {
  const value = await loader.load(path);
  const lines = (await readFile(path, 'utf8')).split('\n');
  const placeOf = (id: string) => {
    const index = lines.findIndex((line) => line.includes(`'${id}'`) || line.includes(`"${id}"`));
    return index < 0 ? shown : `${shown}:${index + 1}`;
  };
  const read = MutantsFile.safeParse(value);
  if (!read.success) throw broken(value, shown, read.error, placeOf);
  const ids = read.data.kind === 'mutants' ? read.data.mutants.map(({ id }) => id) : [];
  return { ...read.data, places: new Map(ids.map((id) => [id, placeOf(id)])) };
}

function broken(value: unknown, shown: string, { issues }: z.ZodError, placeOf: (id: string) => string): KconformError {
  const known = issues.flatMap(({ path: [first, index, ...below], message }) => {
    if (first !== 'mutants' || typeof index !== 'number') return [];
    const id = idAt(value, index);
    const where = below.length === 0 ? '' : `${z.core.toDotPath(below)}: `;
    return [`${id === undefined ? shown : placeOf(id)}: mutant ${id ?? index + 1}: ${where}${message}`];
  });
  const [message = `${shown} has no default export made by mutants([…]) or equivalentMutants([…])`] = known;
  return new KconformError(message, {
    code: 'KC_BROKEN_DECLARATION',
    blame: 'case',
    hint: 'run npx tsc --noEmit: it reports the fields of a wrong type',
    ...(known.length > 1 ? { evidence: { output: known.join('\n') } } : {}),
  });
}

const Identified = z.object({ mutants: z.array(z.unknown()) });

function idAt(value: unknown, index: number): string | undefined {
  const mutant = Identified.safeParse(value).data?.mutants[index];
  return z.object({ id: z.string() }).safeParse(mutant).data?.id;
}
