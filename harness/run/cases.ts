import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { glob } from 'zx';
import { asKconformError, KconformError } from '../errors.ts';
import type { Behaviour } from '../expect/behaviours.ts';
import type { Expectation } from '../expect/expectation.ts';
import { defaultExport, loadScenarioOf } from '../scenario/forms/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { checkBehaviours, loadBehaviours } from './behaviours.ts';

/** A folder with a scenario and an expectation, loaded; or the reason why it could not be. */
export interface Case {
  /** Path below the folder of cases: `bpffs/mount-owner`. */
  readonly name: string;
  readonly folder: string;
  readonly loaded: { readonly scenario: Scenario; readonly expectation: Expectation } | KconformError;
}

/**
 * The cases that the arguments name, all when there are none.
 * @param root the folder of cases
 * @param wanted names (`bpffs/mount-owner`), groups (`bpffs`) or paths to either
 * @throws KC_NO_SUCH_CASE with the names that are like it; KC_NO_CASES when the folder is none or holds no case
 */
export async function findCases(root: string, wanted: readonly string[]): Promise<Case[]> {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) throw noCases(root, 'is no folder');
  const all = (await glob('**/expect.ts', { cwd: root, ignore: ['**/node_modules/**'] }))
    .map((file) => file.slice(0, -'/expect.ts'.length))
    .sort();
  if (all.length === 0) throw noCases(root, 'holds no case');
  const chosen = wanted.length === 0 ? all : [...new Set(wanted.flatMap((name) => select(root, all, name)))].sort();
  const behaviours = await loadBehaviours(root);
  return Promise.all(chosen.map((name) => loadCase(name, join(root, name), behaviours)));
}

function noCases(root: string, why: string): KconformError {
  return new KconformError(`${root} ${why}`, {
    code: 'KC_NO_CASES',
    blame: 'host',
    hint: 'a case is a folder with an expect.ts and a scenario; --cases names the folder above them',
  });
}

function select(root: string, all: readonly string[], wanted: string): string[] {
  const path = resolve(wanted);
  const inside = existsSync(path) && statSync(path).isDirectory() ? relative(root, path) : undefined;
  const name = (inside !== undefined && !inside.startsWith('..') ? inside : wanted).replace(/\/+$/, '');
  const found =
    name === '' ? [...all] : all.filter((candidate) => candidate === name || candidate.startsWith(`${name}/`));
  if (found.length > 0) return found;
  const last = name.split('/').at(-1) ?? name;
  const similar = all.filter(
    (candidate) => candidate.includes(last) || last.includes(candidate.split('/').at(-1) ?? ''),
  );
  throw new KconformError(`there is no case "${wanted}"`, {
    code: 'KC_NO_SUCH_CASE',
    blame: 'host',
    hint: `cases there are: ${(similar.length > 0 ? similar : all).join(', ')}`,
  });
}

async function loadCase(name: string, folder: string, known: readonly Behaviour[]): Promise<Case> {
  try {
    const scenario = await loadScenarioOf(folder);
    const expectation = await defaultExport(join(folder, 'expect.ts'), 'expectation');
    checkBehaviours(expectation as Expectation, known);
    return { name, folder, loaded: { scenario, expectation: expectation as Expectation } };
  } catch (error) {
    return { name, folder, loaded: asKconformError(error, 'case', 'KC_CASE_BROKEN') };
  }
}
