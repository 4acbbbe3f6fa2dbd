import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { BuiltSuite, SuiteOptions, SuiteTest } from '../built.ts';
import type { KselftestSuite } from '../declaration.ts';
import { modulesByOption } from '../modules-by-option.ts';
import { interpreterOf } from '../programs.ts';
import { suiteError } from '../shape.ts';
import { type InstalledSelftests, obtainSelftests } from './build.ts';
import { type BuiltTarget, type ListedProgram, NAMES_NO_TEST } from './build-target.ts';
import { mentions } from './helpers.ts';
import { needsOf } from './settings.ts';

/** The kernel's documentation recommends to run the newest selftests on older kernels too (Documentation/dev-tools/kselftest.rst). */
const SOURCE = '6.12';

/**
 * The selftests of the kernel: a test for each program that a target's Makefile lists, and for those that the suite file adds.
 * @param place where the installed tree is put in the guest
 * @throws as obtainSelftests
 */
export async function kselftestSuite(
  fields: KselftestSuite,
  place: string,
  options: SuiteOptions,
): Promise<BuiltSuite> {
  const installed = await obtainSelftests(options.source ?? fields.source ?? SOURCE, fields.targets, options);
  const modules = await modulesByOption();
  const tests = installed.targets.map((target) => testsOfTarget({ installed, target, place, modules }, fields));
  checkOnly(fields, installed);
  const hasStdbuf = fields.machine?.packages?.includes('coreutils') === true;
  return {
    source: installed.version,
    convention: 'kselftest',
    machine: { files: [`${installed.folder}:${place}`] },
    tests: (await Promise.all(tests)).flat().map((test) => (hasStdbuf ? lineBuffered(test) : test)),
  };
}

interface TargetPlace {
  readonly installed: InstalledSelftests;
  readonly target: BuiltTarget;
  readonly place: string;
  /** Option → the modules that it makes. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

/** The tests of a target that was built; one that says why not of another, beside those that the suite file adds. */
export async function testsOfTarget(
  { installed, target, place, modules }: TargetPlace,
  fields: KselftestSuite,
): Promise<SuiteTest[]> {
  const more = moreOf(target, fields);
  const { config, modules: loaded } = needsOf(target.fragment, modules);
  const common = { config, modules: loaded, limitMs: target.limitMs };
  const testsOf = (programs: readonly ListedProgram[]) =>
    Promise.all(programs.map((program) => testOf(installed, { target, program, place, common })));
  const hasFailed = target.failure !== undefined && !(target.failure === NAMES_NO_TEST && more.length > 0);
  if (hasFailed) return [notBuilt(target, installed), ...(await testsOf(more))];
  const only = fields.only?.[target.target];
  return testsOf([...target.programs.filter(({ name }) => only === undefined || only.includes(name)), ...more]);
}

/**
 * runner.sh does the same where there is a stdbuf: what a program has not printed yet when it forks, its child prints again
 * (cgroup/test_kmem).
 */
function lineBuffered(test: SuiteTest): SuiteTest {
  return { ...test, command: ['/usr/bin/stdbuf', '--output=L', ...test.command] };
}

interface Wanted {
  readonly target: BuiltTarget;
  readonly program: ListedProgram;
  readonly place: string;
  readonly common: Pick<SuiteTest, 'config' | 'limitMs' | 'modules'>;
}

/** @throws KC_SUITE (case) for a test in `only` that the target does not have */
function checkOnly({ only = {} }: KselftestSuite, { targets, version }: InstalledSelftests): void {
  for (const [name, wanted] of Object.entries(only)) {
    const programs = targets.find(({ target }) => target === name)?.programs ?? [];
    const unknown = wanted.filter((one) => !programs.some((program) => program.name === one));
    if (unknown.length > 0) {
      throw suiteError(
        `only names tests that ${name} of ${version} does not have: ${unknown.join(', ')}`,
        'correct the names, or add the target to targets',
      );
    }
  }
}

/** Starts as run_kselftest.sh starts it: in its own folder, with its helpers beside it. */
async function testOf(installed: InstalledSelftests, { target, program, place, common }: Wanted): Promise<SuiteTest> {
  const parts = program.name.split('/');
  const name = `${target.target}/${program.name}`;
  const workdir = [place, target.target, ...parts.slice(0, -1)].join('/');
  const test = { name, workdir, command: [`./${parts.at(-1) ?? ''}`], ...common };
  if (program.missing !== undefined) return { ...test, problem: notMade(name, program.missing, installed) };
  const large = join(installed.large, name);
  const isLarge = await isFile(large);
  const path = isLarge ? large : join(installed.folder, name);
  if (!isLarge && !(await isFile(path))) {
    return { ...test, problem: notMade(name, 'it was not installed', installed) };
  }
  const lacking = await lackingHelper(path, target, installed);
  if (lacking !== undefined) return { ...test, problem: notMade(name, lacking, installed) };
  if (isLarge) return { ...test, machine: { files: [`${large}:${place}/${name}`] } };
  return { ...test, command: [...(await interpreterOf(path)), ...test.command] };
}

/**
 * Why a test cannot give a right verdict: it starts a helper or another program of the target, or one of these does, and that is
 * missing. Scripts print "not found" then, and the exit status of some is 0 (safesetid-test.sh).
 */
async function lackingHelper(
  path: string,
  { target, helpers, programs }: BuiltTarget,
  { folder }: InstalledSelftests,
): Promise<string | undefined> {
  let others = [...helpers, ...programs];
  if (others.every(({ missing }) => missing === undefined)) return undefined;
  const toRead = [path];
  for (const file of toRead) {
    const content = await readFile(file);
    const started = others.filter(({ name }) => mentions(content, name));
    const lacking = started.find(({ missing }) => missing !== undefined);
    if (lacking !== undefined) return `its helper ${lacking.name} was not built: ${lacking.missing}`;
    for (const { name } of started) {
      const next = join(folder, target, name);
      if (await isFile(next)) toRead.push(next);
    }
    others = others.filter((one) => !started.includes(one));
  }
  return undefined;
}

/** Programs that the Makefile calls helpers: those of mm, which run_vmtests.sh starts. */
function moreOf({ target, helpers }: BuiltTarget, { more = [] }: KselftestSuite): ListedProgram[] {
  const own = more.filter((name) => name.startsWith(`${target}/`));
  const names = own.map((name) => name.slice(target.length + 1));
  return names.map((name) => helpers.find((helper) => helper.name === name) ?? { name });
}

function notBuilt({ target, failure }: BuiltTarget, installed: InstalledSelftests): SuiteTest {
  return { name: target, workdir: '/', command: [], problem: notMade(target, failure ?? '', installed) };
}

function notMade(name: string, why: string, { version, log }: InstalledSelftests): KconformError {
  return new KconformError(`${name} of ${version} was not built: ${why}`, {
    code: 'KC_SUITE_BUILD',
    blame: 'case',
    hint: `what make printed is in ${log}; npx kconform doctor names missing libraries`,
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
