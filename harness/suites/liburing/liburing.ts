import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { cachePath, ensureFolder, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { buildEnvironment } from '../../scenario/programs/build-environment.ts';
import type { BuiltSuite, SuiteOptions, SuiteTest } from '../built.ts';
import { readBuiltFolder, removeEmptyPrograms, writeBuiltFolder } from '../built-folder.ts';
import type { LiburingSuite } from '../declaration.ts';
import { readMakeErrors } from '../kselftest/compile-errors.ts';
import { make, type Workshop } from '../kselftest/make.ts';
import { stripPrograms } from '../kselftest/strip.ts';
import { newestVersion, unpackSource } from './debian-source.ts';

/** Raised whenever the same source would give other programs. */
const FORMAT = 2;
/** The folder with the programs. */
const INSTALLED = 'installed';
/** test/runtests.sh */
const LIMIT_MS = 60_000;
/** Started by another test; by itself it tests nothing. */
const HELPERS = ['exec-target'];

const Facts = z.strictObject({
  format: z.literal(FORMAT),
  version: z.string(),
  tests: z.array(z.strictObject({ name: z.string(), missing: z.string().exactOptional() })),
});
type Facts = z.infer<typeof Facts>;

/**
 * The tests of liburing, of Debian's newest source package. Those that take a device as an argument run without one, and use files.
 * @param place where they are put in the guest
 * @throws KC_SUITE_BUILD, KC_TOOL_MISSING, KC_NO_SUCH_SOURCE, KC_DOWNLOAD, KC_DISK_FULL, KC_INTERRUPTED (host)
 */
export async function liburingSuite(fields: LiburingSuite, place: string, options: SuiteOptions): Promise<BuiltSuite> {
  const version = options.source ?? fields.source ?? (await newestVersion('liburing', options));
  const folder = cachePath('suites', `liburing-${version}-${FORMAT}-${await compilerName()}`);
  const { tests } = await obtain(version, folder, options);
  return {
    source: version,
    convention: 'liburing',
    machine: { files: [`${join(folder, INSTALLED)}:${place}`] },
    tests: tests.map((one) => testOf(one, version, place)),
  };
}

function testOf({ name, missing }: Facts['tests'][number], version: string, place: string): SuiteTest {
  const test = { name, workdir: place, command: [`./${name}.t`], limitMs: LIMIT_MS };
  if (missing === undefined) return test;
  const problem = new KconformError(`${name} of liburing ${version} was not built: ${missing}`, {
    code: 'KC_SUITE_BUILD',
    blame: 'case',
    hint: 'leave it out in the suite file with the reason, or install what it needs',
  });
  return { ...test, problem };
}

async function obtain(version: string, folder: string, options: SuiteOptions): Promise<Facts> {
  const before = await readBuiltFolder(folder, [INSTALLED], Facts);
  if (before !== undefined) return before;
  const { signal, progress } = options;
  const lock = {
    awaited: 'another run that builds liburing',
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  return withLock(`${folder}.lock`, lock, async () => {
    const meanwhile = await readBuiltFolder(folder, [INSTALLED], Facts);
    if (meanwhile !== undefined) return meanwhile;
    try {
      await ensureFolder(folder);
      await rm(join(folder, 'tree'), { recursive: true, force: true }); // of a build that was killed, or is damaged
      await unpackSource('liburing', version, join(folder, 'tree'), options);
      progress?.(`building liburing ${version}`);
      const facts = await build(version, folder, {
        tree: join(folder, 'tree'),
        log: join(folder, 'build.log'),
        signal,
      });
      await writeBuiltFolder(folder, [INSTALLED], facts);
      return facts;
    } catch (error) {
      throw storageError(error, folder);
    }
  });
}

async function build(version: string, folder: string, workshop: Workshop): Promise<Facts> {
  await writeFile(workshop.log, '');
  const configured = await execa('sh', ['configure'], {
    cwd: workshop.tree,
    extendEnv: false,
    env: { ...buildEnvironment(), TMPDIR: tmpdir() },
    reject: false,
    all: true,
  });
  const library = configured.exitCode === 0 ? await make(workshop, ['-C', 'src']) : undefined;
  if (library?.succeeded !== true) {
    throw new KconformError(`liburing ${version} does not build`, {
      code: 'KC_SUITE_BUILD',
      blame: 'host',
      hint: `install gcc, g++ and make; the whole output is in ${workshop.log}`,
      evidence: { output: (library?.output ?? configured.all).slice(-4000) },
    });
  }
  const built = await make(workshop, ['-k', '-C', 'test']);
  const { programs: errors, first } = readMakeErrors(built.output, join(workshop.tree, 'test'));
  const installed = join(folder, INSTALLED);
  await rm(installed, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  const there = new Set<string>();
  for (const file of await readdir(join(workshop.tree, 'test'))) {
    if (!file.endsWith('.t')) continue;
    there.add(basename(file, '.t'));
    await cp(join(workshop.tree, 'test', file), join(installed, file));
    await chmod(join(installed, file), 0o755);
  }
  await stripPrograms(installed);
  for (const name of await removeEmptyPrograms(installed)) there.delete(basename(name, '.t'));
  const names = (await sourceNames(workshop)).filter((name) => !HELPERS.includes(name));
  const tests = names.map((name) =>
    there.has(name) ? { name } : { name, missing: errors.get(`${name}.t`) ?? first ?? 'make did not make it' },
  );
  return { format: FORMAT, version, tests };
}

/** The tests of the Makefile, those that it failed to make among them. */
async function sourceNames(workshop: Workshop): Promise<string[]> {
  const rule = 'kconform-names:;@echo $(test_targets)';
  const { output } = await make(workshop, [
    '-s',
    '--no-print-directory',
    '-C',
    'test',
    '--eval',
    rule,
    'kconform-names',
  ]);
  const names = output.split(/\s+/).filter((name) => name.endsWith('.t'));
  return [...new Set(names.map((name) => basename(name, '.t')))].sort();
}

async function compilerName(): Promise<string> {
  const { stdout = '', exitCode } = await execa('gcc', ['--version'], { reject: false, env: { LC_ALL: 'C' } });
  if (exitCode === 0) return createHash('sha256').update(stdout).digest('hex').slice(0, 12);
  throw new KconformError('building liburing needs gcc, g++ and make', {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: 'apt-get install gcc g++ make dpkg-dev',
  });
}
