import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compiled } from '../../authors/compile.ts';
import { AuthorLoader } from '../../authors/load.ts';
import { type LoadedScenario, loadScenarioOf, SCENARIO_FILES } from '../../authors/scenarios.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';
import type { Behaviour } from '../../expect/behaviours.ts';
import type { Expectation } from '../../expect/expectation.ts';
import { BOOT } from '../../expect/judge/boot.ts';
import { asExpectation } from '../../expect/shape.ts';
import { type Machine, mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import { programScenario } from '../../scenario/programs/program-scenario.ts';
import type { SuiteOptions } from '../../suites/built.ts';
import { checkBehaviours, hasBehaviours, loadBehaviours } from './behaviours.ts';
import type { Case, MachineSources } from './case.ts';
import { casesOfSuites, chosenSuite, suiteNames } from './suites.ts';

export type { Case, MachineSources } from './case.ts';

/** Cases of one folder of cases. */
interface Chosen {
  readonly root: string;
  readonly names: readonly string[];
}

/**
 * The cases that the arguments name, all when there are none.
 * @param root the folder of cases
 * @param machines what the configuration and the options of the command ask for
 * @param wanted names (`bpffs/mount-owner`), groups (`bpffs`) or paths to either; a path may lead to cases outside `root`
 * @param making how the programs of suites are made, which are run only if they are named
 * @throws KC_NO_SUCH_CASE with the names that are like it; KC_NO_CASES when the folder is none or contains no case; as casesOfSuites
 */
export async function findCases(
  root: string,
  wanted: readonly string[],
  machines: MachineSources = {},
  making: SuiteOptions = {},
): Promise<Case[]> {
  const home = resolve(root);
  const suites = wanted.flatMap((name) => chosenSuite(home, name) ?? []);
  const others = wanted.filter((name) => chosenSuite(home, name) === undefined);
  const all = wanted.length === 0 || others.length > 0 ? await namesBelow(home) : [];
  const chosen: Chosen[] = wanted.length === 0 ? [{ root: home, names: all }] : [];
  for (const name of others) chosen.push(await select(home, all, name));
  const folders = new Map<string, string>();
  const cases: Promise<Case>[] = [];
  await using loader = await AuthorLoader.create();
  for (const { root: own, names } of chosen) {
    const behaviours = await loadBehaviours(own, loader);
    for (const name of names) {
      const folder = join(own, name);
      const namesake = folders.get(name);
      if (namesake === folder) continue;
      if (namesake !== undefined) throw sameName(namesake, folder);
      folders.set(name, folder);
      const place = { name, argument: own === home ? name : shown(folder), folder };
      cases.push(loadCase(place, machines, behaviours, loader));
    }
  }
  const ofSuites = await casesOfSuites(suites, machines, loader, making);
  return [...(await Promise.all(cases)), ...ofSuites].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws KC_NO_CASES */
async function namesBelow(root: string): Promise<string[]> {
  if (!existsSync(root)) throw noCases(`no such folder ${root}`);
  if (!isFolder(root)) throw noCases(`${root} is not a folder`);
  const names = await casesBelow(root, '.');
  if (names.length === 0) throw noCases(await emptyFolder(root));
  const reserved = names.find((name) => name === BOOT || name.startsWith(`${BOOT}/`));
  if (reserved !== undefined) throw reservedName(join(root, reserved));
  return names.sort();
}

async function emptyFolder(root: string): Promise<string> {
  const suites = await suiteNames(root);
  return `${root} contains no case${suites.length === 0 ? '' : `; suites are run if they are named: ${suites.join(', ')}`}`;
}

/** A folder with one of these is meant to be a case. Where the other is missing, the case is an ERROR. */
const CASE_FILES: readonly string[] = ['expect.ts', ...SCENARIO_FILES];

/** The root itself is none. */
async function casesBelow(root: string, name: string): Promise<string[]> {
  const entries = await readdir(join(root, name), { withFileTypes: true }).catch((error: unknown) => {
    throw noCases(`${join(root, name)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const inner = entries.filter(
    (entry) =>
      (entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(root, name, entry.name)))) &&
      !/^(\.|node_modules$)/.test(entry.name),
  );
  const below = await Promise.all(inner.map((entry) => casesBelow(root, join(name, entry.name))));
  const isCase = name !== '.' && entries.some((entry) => CASE_FILES.includes(entry.name));
  return [...(isCase ? [name] : []), ...below.flat()];
}

function reservedName(folder: string): KconformError {
  return new KconformError(`no case may be named ${BOOT}: ${folder}`, {
    code: 'KC_RESERVED_NAME',
    blame: 'case',
    hint: 'rename the folder; the boot of each kernel has its result under that name',
  });
}

function noCases(message: string): KconformError {
  return new KconformError(message, {
    code: 'KC_NO_CASES',
    blame: 'host',
    hint: 'a case is a folder with an expect.ts and a scenario; --cases names the folder above them',
  });
}

async function select(root: string, all: readonly string[], wanted: string): Promise<Chosen> {
  if (wanted === '') {
    throw new KconformError('an empty argument names no case', {
      code: 'KC_NO_SUCH_CASE',
      blame: 'host',
      hint: 'a variable may be unset; without arguments all cases are meant',
    });
  }
  const path = resolve(wanted);
  const inside = isFolder(path) ? relative(root, path) : undefined;
  const name = (inside !== undefined && !inside.startsWith('..') ? inside : wanted).replace(/\/+$/, '');
  const names =
    name === '' ? [...all] : all.filter((candidate) => candidate === name || candidate.startsWith(`${name}/`));
  if (names.length > 0) return { root, names };
  if (inside?.startsWith('..')) return selectOutside(path);
  if (inside !== undefined) throw noCases(`${wanted} contains no case`);
  throw noSuchCase(wanted, { path, root }, [...all, ...(await suiteNames(root))]);
}

/** @param path what the argument means as a path */
function noSuchCase(
  wanted: string,
  { path, root }: { path: string; root: string },
  all: readonly string[],
): KconformError {
  const details = { code: 'KC_NO_SUCH_CASE', blame: 'host' } as const;
  if (existsSync(path))
    return new KconformError(`${wanted} is a file; a case is a folder`, {
      ...details,
      hint: `to run the file: npx kconform repro ${wanted}`,
    });
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(wanted)) return new KconformError(`no such folder ${wanted}`, details);
  const hint =
    hintOfFolder(wanted, root) ?? didYouMean(wanted, all.flatMap(withGroups)) ?? 'npx kconform cases lists all cases';
  return new KconformError(`there is no case "${wanted}"`, { ...details, hint });
}

/** An own folder `cases` that has it, in the current folder. */
function hintOfFolder(wanted: string, root: string): string | undefined {
  const own = resolve('cases');
  return own !== root && isFolder(join(own, wanted)) ? `./cases has it: --cases cases` : undefined;
}

/** `a/b/c`: `a`, `a/b`, `a/b/c`. */
function withGroups(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** A case, or all cases below a folder; their names begin at the folder with their inventory of behaviours, if there is one. */
async function selectOutside(path: string): Promise<Chosen> {
  const isCase = CASE_FILES.some((file) => existsSync(join(path, file)));
  const root = rootOf(path) ?? (isCase ? dirname(path) : path);
  const below = relative(root, path);
  if (basename(path) === BOOT && isCase) throw reservedName(path);
  const names = isCase ? [basename(path)] : await namesBelow(path);
  return { root, names: names.map((name) => join(isCase ? dirname(below) : below, name)) };
}

function rootOf(folder: string): string | undefined {
  if (hasBehaviours(folder)) return folder;
  return dirname(folder) === folder ? undefined : rootOf(dirname(folder));
}

function sameName(one: string, other: string): KconformError {
  return new KconformError(`${one} and ${other} would have the same name in the results`, {
    code: 'KC_NO_SUCH_CASE',
    blame: 'host',
    hint: 'run them one after the other',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A path for a command line in this folder. */
function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : `./${below}`;
}

async function loadCase(
  place: Pick<Case, 'name' | 'argument' | 'folder'>,
  { configuration, options }: MachineSources,
  known: readonly Behaviour[],
  loader: AuthorLoader,
): Promise<Case> {
  const { folder } = place;
  try {
    if (!existsSync(join(folder, 'expect.ts'))) throw noExpectation(folder);
    const compiled = await loader.compile(join(folder, 'expect.ts'));
    const expectation = await loadExpectation(compiled, loader);
    const asked = mergeMachines([configuration, expectation.machine, options]);
    const scenario = await loadScenarioFor(folder, expectation, asked, loader);
    checkBehaviours(expectation, known);
    const own = mergeMachines([scenario.machine, expectation.machine]);
    const absolute = withAbsolutePaths(own, (path) => resolve(folder, path));
    const machine = mergeMachines([configuration, absolute, options]);
    const imports = scenario.kind === 'typescript' ? await importsOf([scenario.compiled, compiled]) : undefined;
    return { ...place, machine, ...(imports && { imports }), loaded: { scenario, expectation } };
  } catch (error) {
    const machine = mergeMachines([configuration, options]);
    return { ...place, machine, loaded: asKconformError(error, 'case', 'KC_CASE_BROKEN') };
  }
}

/** Files that node imports by itself are read when the case runs: they count as they are now. */
async function importsOf(compiled: readonly Compiled[]): Promise<Record<string, string>> {
  const outside = compiled.flatMap((one) => one.outside).filter((one) => one.startsWith('file:'));
  const read = outside.map(async (address): Promise<[string, string]> => {
    const path = fileURLToPath(address);
    return [path, await readFile(path).then(sha256, () => 'missing')];
  });
  return Object.assign({}, ...compiled.map(({ inputs }) => inputs), Object.fromEntries(await Promise.all(read)));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function noExpectation(folder: string): KconformError {
  const scenario = SCENARIO_FILES.map((name) => join(folder, name)).find((file) => existsSync(file)) ?? folder;
  return new KconformError(`${folder} has a scenario but no expect.ts`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: `to run it: npx kconform repro ${scenario}; to make it a case: npx kconform new NAME --from ${scenario}`,
  });
}

/** The program that expect.ts names, or the scenario beside it. @throws KC_CASE_BROKEN, KC_PROGRAM (case) */
async function loadScenarioFor(
  folder: string,
  { program }: Expectation,
  machine: Machine,
  loader: AuthorLoader,
): Promise<LoadedScenario> {
  if (program === undefined) return loadScenarioOf(folder, loader);
  const scenario = SCENARIO_FILES.find((name) => existsSync(join(folder, name)));
  if (scenario === undefined) return programScenario(program, { folder, machine });
  throw new KconformError(`${folder} has both ${scenario} and program in expect.ts`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: 'remove one of them',
  });
}

/** @throws KC_CASE_BROKEN (case) where the file has no default export made by expectation(…) */
async function loadExpectation(compiled: Compiled, loader: AuthorLoader): Promise<Expectation> {
  const value = await loader.loadCompiled(compiled);
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'expectation')
    return asExpectation(value);
  throw new KconformError(`${compiled.source} has no default export made by expectation(…)`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
  });
}
