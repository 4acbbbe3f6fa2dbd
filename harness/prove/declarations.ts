import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'zx';
import { asKconformError, KconformError } from '../errors/error.ts';
import type { Behaviour } from '../expect/behaviours.ts';
import { leafPaths } from '../expect/judge/leaves.ts';
import { applyEdits } from '../kernels/build/edits.ts';
import type { Case } from '../run/discovery/cases.ts';
import { type BrokenKernel, covers } from './broken-kernel.ts';

/** What is wrong with declarations themselves, a line each: they must name cases, observations and behaviours that exist. */
export function declarationFaults(
  kernels: readonly BrokenKernel[],
  cases: readonly Case[],
  behaviours: readonly Behaviour[],
): string[] {
  const ids = kernels.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is declared twice`);
  const sameEdits = kernels.flatMap(({ id, edits }, index) => {
    const first = kernels.findIndex((one) => JSON.stringify(one.edits) === JSON.stringify(edits));
    return first < index && kernels[first]?.id !== id ? [`${id}: it has the same edits as ${kernels[first]?.id}`] : [];
  });
  const known = new Set(behaviours.map(({ id }) => id));
  return [
    ...twice,
    ...sameEdits,
    ...kernels.flatMap((kernel) => faultsOfOne(kernel, cases, known).map((what) => `${kernel.id}: ${what}`)),
  ];
}

function faultsOfOne(kernel: BrokenKernel, cases: readonly Case[], behaviours: ReadonlySet<string>): string[] {
  const declared = Object.entries(kernel.mustFail);
  const paths = declared.flatMap(([name, all]) => all.flatMap((path) => pathFault(name, path, cases)));
  const unknown = kernel.breaks.filter((id) => !behaviours.has(id)).map((id) => `there is no behaviour ${id}`);
  const nothing = declared.every(([, all]) => all.length === 0) ? ['no observation must fail on it'] : [];
  return [...paths, ...unknown, ...nothing, ...(kernel.edits.length === 0 ? ['it has no edits'] : [])];
}

function pathFault(name: string, path: string, cases: readonly Case[]): string[] {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) return [`there is no case ${name}`];
  if (found.loaded instanceof KconformError) return [`${name} cannot be read: ${found.loaded.message}`];
  const leaves = leafPaths(found.loaded.expectation.outcome);
  const exists = path === '' || leaves.some((leaf) => covers(path, leaf));
  return exists ? [] : [`${name} observes nothing at ${path}`];
}

/**
 * Why the edits cannot be made in this source: text that is missing, or not unique. Undefined where they can.
 */
export async function applyFault(kernel: BrokenKernel, tree: string): Promise<string | undefined> {
  for (const file of new Set(kernel.edits.map((edit) => edit.file))) {
    const edits = kernel.edits.filter((edit) => edit.file === file);
    try {
      const text = await readFile(join(`${tree}.originals`, file), 'utf8').catch(() =>
        readFile(join(tree, file), 'utf8'),
      );
      applyEdits(file, text, edits);
    } catch (error) {
      return asKconformError(error, 'case', 'KC_EDIT').message;
    }
  }
  return undefined;
}

/** A file of the published source, also while a build has it edited. @param tree as `obtainSource` gives it */
export async function sourceText(tree: string, file: string): Promise<string> {
  return readFile(join(`${tree}.originals`, file), 'utf8').catch(() => readFile(join(tree, file), 'utf8'));
}

/** `images/kernels/broken/mount.ts:12`, where the kernel is declared; the folder alone for an id made by the declarations. */
export async function declaredAt(id: string, root: string): Promise<string> {
  const folder = 'images/kernels/broken';
  for (const file of await glob('*.ts', { cwd: join(root, folder) })) {
    const lines = (await readFile(join(root, folder, file), 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes(`id: '${id}'`));
    if (line >= 0) return `${folder}/${file}:${line + 1}`;
  }
  return folder;
}
