import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { obtainSource } from '../../kernels/build/source.ts';
import { moduleOptions } from '../../kernels/modules/options.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import { needsOf } from '../../suites/kselftest/settings.ts';
import type { FoundSelftest } from '../found.ts';
import { reportError } from '../report-error.ts';
import { makefileFlags } from './makefile-flags.ts';

/** The newest published source has the headers of the suite: kselftest.h, kselftest_harness.h. */
const SOURCE = '6.12';

/** A selftest of a patch among the files of the published source. */
export interface LaidOutSelftest {
  readonly program: Program;
  /** Paths of the program are relative to it. */
  readonly folder: string;
  readonly machine: Machine;
}

/**
 * Puts a new selftest where its includes find the headers of the suite: into a folder of links to the published source, at the same depth.
 * @throws KC_REPORT (case) for a target that is no folder below the selftests; as obtainSource
 */
export async function layOutSelftest(
  test: FoundSelftest,
  {
    folder,
    signal,
    progress,
  }: { readonly folder: string; readonly signal: AbortSignal; progress(message: string): void },
): Promise<LaidOutSelftest> {
  if (!/^[\w-]+(?:\/[\w-]+){0,3}$/.test(test.target))
    throw reportError(
      `the patch adds a test to "${test.target}", which is no folder of the selftests`,
      'ask its author for another patch',
    );
  const source = await obtainSource(SOURCE, { signal, progress });
  const selftests = join(source.tree, 'tools/testing/selftests');
  const place = await linkAround(selftests, test.target, folder);
  const name = test.isScript ? 'report' : 'report.c';
  await writeFile(join(place, name), test.text, { mode: 0o755 });
  const machine = await machineOf(join(selftests, test.target, 'config'));
  if (test.isScript) return { folder: place, machine, program: scriptOf(selftests, test.target) };
  const published = await readFile(join(selftests, test.target, 'Makefile'), 'utf8').catch(() => '');
  const { flags, libraries, include } = makefileFlags(`${allPrograms(published)}\n${test.makefile}`);
  const top = source.tree;
  const folders = include.map((path) => resolve(place, path.replace(/^top/, top)));
  const inside = folders.filter((path) => [folder, top].some((root) => !relative(root, path).startsWith('..')));
  return {
    folder: place,
    machine,
    program: {
      convention: 'kselftest',
      sources: [name],
      include: inside.filter((path) => existsSync(path) && !path.endsWith('usr/include')),
      // lib.mk of the selftests
      flags: ['-D_GNU_SOURCE=', '-pthread', ...flags.filter((flag) => !flag.startsWith('-D_GNU_SOURCE'))],
      libraries,
    },
  };
}

/** A folder for the test, among links to what is beside it in the source. @returns the folder */
async function linkAround(selftests: string, target: string, folder: string): Promise<string> {
  let place = join(folder, 'selftests');
  let from = selftests;
  for (const part of [...target.split('/'), undefined]) {
    await mkdir(place, { recursive: true });
    for (const name of await readdir(from).catch((): string[] => [])) {
      if (name !== part) await symlink(join(from, name), join(place, name));
    }
    if (part === undefined) return place;
    place = join(place, part);
    from = join(from, part);
  }
  return place;
}

/** Without the rules for single programs. */
function allPrograms(makefile: string): string {
  return makefile
    .split('\n')
    .filter((line) => !/^\S*\$\(OUTPUT\)\/\S+:/.test(line))
    .join('\n');
}

/** The script with what is beside it, and the suite's helpers in the folder above. */
function scriptOf(selftests: string, target: string): Program {
  const up = target
    .split('/')
    .map(() => '..')
    .join('/');
  const helpers = ['kselftest', 'lib.sh'].filter((name) => existsSync(join(selftests, name)));
  return {
    convention: 'kselftest',
    command: 'report',
    files: ['.:.', ...helpers.map((name) => `${join(selftests, name)}:${up}/${name}`)],
    workdir: '/opt/program',
  };
}

async function machineOf(config: string): Promise<Machine> {
  const fragment = await readFile(config, 'utf8').catch(() => undefined);
  if (fragment === undefined) return {};
  const byOption = new Map<string, string[]>();
  for (const [module, options] of await moduleOptions()) {
    for (const option of options) byOption.set(option, [...(byOption.get(option) ?? []), module]);
  }
  const { modules } = needsOf(fragment, byOption);
  return modules.length === 0 ? {} : { modules };
}
