import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { AuthorLoader } from '../../authors/load.ts';
import { KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';
import { mergeMachines } from '../../machine/machine.ts';
import type { SuiteOptions } from '../../suites/built.ts';
import { readSuite, SUITE_FILE, suiteCases } from '../../suites/suite-cases.ts';
import type { Case, MachineSources } from './case.ts';

/** A suite that an argument names, as a whole or in part. */
export interface ChosenSuite {
  /** `kselftest`: below the folder of cases. */
  readonly name: string;
  readonly folder: string;
  /** `futex` or `futex/run.sh`; empty for all tests. */
  readonly part: string;
}

/** Names of the suites below a folder of cases. They are run only if they are named: all their tests take hours on many kernels. */
export async function suiteNames(root: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (name: string): Promise<void> => {
    const entries = await readdir(join(root, name), { withFileTypes: true }).catch(() => []);
    if (name !== '' && entries.some((entry) => entry.name === SUITE_FILE)) {
      found.push(name);
      return;
    }
    const inner = entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name));
    await Promise.all(inner.map((entry) => walk(name === '' ? entry.name : `${name}/${entry.name}`)));
  };
  await walk('');
  return found.sort();
}

/**
 * The suite that an argument names: by its name below the folder of cases (`kselftest`, `kselftest/futex`), or by the path of its folder.
 * @returns undefined if it names none
 */
export function chosenSuite(root: string, wanted: string): ChosenSuite | undefined {
  if (wanted === '') return undefined;
  const name = wanted.replace(/\/+$/, '');
  return suiteAbove(root, name.split('/')) ?? suiteAt(root, resolve(wanted));
}

function suiteAbove(root: string, parts: readonly string[]): ChosenSuite | undefined {
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('/');
    const folder = join(root, name);
    if (isFile(join(folder, SUITE_FILE))) return { name, folder, part: parts.slice(length).join('/') };
  }
  return undefined;
}

function suiteAt(root: string, path: string): ChosenSuite | undefined {
  const below = relative(root, path);
  if (below !== '' && !below.startsWith('..')) return suiteAbove(root, below.split('/'));
  const folder = path.endsWith(`/${SUITE_FILE}`) ? dirname(path) : path;
  if (!isFile(join(folder, SUITE_FILE))) return undefined;
  return { name: folder.split('/').at(-1) ?? 'suite', folder, part: '' };
}

/**
 * The cases of the suites that arguments name, each with its machine. The programs are made now if they are not in the cache.
 * @throws KC_NO_SUCH_CASE (host) for a part that the suite does not have; as suiteCases
 */
export async function casesOfSuites(
  chosen: readonly ChosenSuite[],
  { configuration, options }: MachineSources,
  loader: AuthorLoader,
  making: SuiteOptions,
): Promise<Case[]> {
  const folders = new Map<string, ChosenSuite[]>();
  for (const one of chosen) folders.set(one.folder, [...(folders.get(one.folder) ?? []), one]);
  const found: Case[] = [];
  for (const [folder, parts] of folders) {
    const name = parts[0]?.name ?? '';
    const suite = await readSuite(name, join(folder, SUITE_FILE), loader);
    const isWanted = (test: string) => parts.some(({ part }) => isPartOf(test, part === '' ? name : `${name}/${part}`));
    const onUnbuilt = (tests: readonly string[]) => {
      const own = tests.filter(isWanted);
      if (own.length > 0) making.onUnbuilt?.(own);
    };
    const all = await suiteCases(suite, { ...making, onUnbuilt });
    const names = all.map((one) => one.name);
    const wanted = new Set(parts.flatMap(({ part }) => namesOf(name, part, names)));
    for (const { name: own, inputs, loaded } of all.filter((one) => wanted.has(one.name))) {
      const machine = mergeMachines([
        configuration,
        loaded instanceof KconformError ? undefined : loaded.expectation.machine,
        options,
      ]);
      const isNamed = parts.some(({ part }) => own === `${name}/${part}`);
      found.push({ name: own, argument: own, folder, inputs, machine, loaded: isNamed ? evenIfSlow(loaded) : loaded });
    }
  }
  return found;
}

/** The argument names the very test. */
function evenIfSlow(loaded: Case['loaded']): Case['loaded'] {
  if (loaded instanceof KconformError) return loaded;
  const { slow: _, ...rest } = loaded;
  return rest;
}

function namesOf(suite: string, part: string, names: readonly string[]): string[] {
  const wanted = part === '' ? suite : `${suite}/${part}`;
  const found = names.filter((name) => isPartOf(name, wanted));
  if (found.length > 0) return found;
  throw new KconformError(`the suite ${suite} has no test "${part}"`, {
    code: 'KC_NO_SUCH_CASE',
    blame: 'host',
    hint: didYouMean(wanted, names) ?? `npx kconform cases ${suite} lists its tests`,
  });
}

function isPartOf(test: string, wanted: string): boolean {
  return test === wanted || test.startsWith(`${wanted}/`);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
