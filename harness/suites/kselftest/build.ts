import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cachePath, ensureFolder, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { withPublishedSource } from '../../kernels/build/build.ts';
import { obtainSource, type Source } from '../../kernels/build/source.ts';
import type { SuiteOptions } from '../built.ts';
import { readBuiltFolder, removeEmptyPrograms, SUITE_FILE, writeBuiltFolder } from '../built-folder.ts';
import { type BuiltTarget, buildTarget, withoutEmpty } from './build-target.ts';
import { copySource } from './copy-source.ts';
import { separateLarge } from './large-programs.ts';
import { make, type Workshop } from './make.ts';
import { stripPrograms } from './strip.ts';
import { identifyToolchain, missingLibraries } from './toolchain.ts';

/** Raised whenever the same inputs would give other programs, or facts about them. */
const FORMAT = 3;
/** Raised whenever a tree of earlier builds must not be used. */
const TREE_FORMAT = 2;
const NEEDED_BYTES = 2 * 1024 ** 3;
/** The folder that `make install` writes. */
const INSTALLED = 'installed';
/** What is taken out of it; see separateLarge. */
const LARGE = 'large';
const PARTS = [INSTALLED, LARGE];

const Program = z.strictObject({ name: z.string(), missing: z.string().exactOptional() });
const Target = z.strictObject({
  target: z.string(),
  programs: z.array(Program).readonly(),
  helpers: z.array(Program).readonly(),
  fragment: z.string().exactOptional(),
  limitMs: z.number(),
  failure: z.string().exactOptional(),
});
const Facts = z.strictObject({
  format: z.literal(FORMAT),
  /** `6.12.118` */
  version: z.string(),
  targets: z.array(Target).readonly(),
});

type Facts = z.infer<typeof Facts>;

/** Selftests that were built. */
export interface InstalledSelftests extends Facts {
  /** A folder for each target, as `make install` leaves it. */
  readonly folder: string;
  /** Large programs that are not in that folder, each in a folder for its target. */
  readonly large: string;
  /** What make printed. */
  readonly log: string;
}

/**
 * The selftests of a published source, built and installed once for a source, a toolchain and a list of targets.
 * @param source `6.12` is the newest that is published, `6.12.107` just that one
 * @throws as obtainSource and identifyToolchain; KC_SUITE_BUILD (host) if the headers cannot be made; KC_DISK_FULL or KC_HOST_LIMIT
 * (host) if the host ran out of space or memory, and then nothing is kept
 */
export async function obtainSelftests(
  source: string,
  targets: readonly string[],
  options: SuiteOptions,
): Promise<InstalledSelftests> {
  const published = await obtainSource(source, options);
  const shop = cachePath('suites', `kselftest-${published.packageVersion}-${TREE_FORMAT}-${await identifyToolchain()}`);
  const wanted = [...new Set(targets)].sort();
  const folder = join(shop, sha256(JSON.stringify(wanted)).slice(0, 16));
  const before = await readInstalled(folder);
  if (before !== undefined) return before;
  const { signal, progress } = options;
  const lock = {
    awaited: 'another run that builds the selftests',
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  return withLock(`${shop}.lock`, lock, async () => {
    const meanwhile = await readInstalled(folder);
    if (meanwhile !== undefined) return meanwhile;
    try {
      await needSpace(await ensureFolder(folder));
      const workshop = { tree: join(shop, 'tree'), log: join(folder, 'build.log'), signal };
      await writeFile(workshop.log, '');
      // What was built before is damaged: make would install the same objects again.
      if (await isDamaged(join(folder, SUITE_FILE))) await rm(workshop.tree, { recursive: true, force: true });
      if (!existsSync(workshop.tree)) await prepareTree(workshop, published, options);
      const targets = await buildAll(workshop, wanted, folder, options).catch(async (error: unknown) => {
        // What was made last may not be whole, and make would take it as it is.
        if (isOfHost(storageError(error, folder))) await rm(workshop.tree, { recursive: true, force: true });
        throw error;
      });
      const facts: Facts = { format: FORMAT, version: published.version, targets };
      await writeBuiltFolder(folder, PARTS, facts);
      return installedIn(folder, facts);
    } catch (error) {
      throw storageError(error, folder);
    }
  });
}

/** Copies the source and makes its headers. A run that is killed meanwhile leaves no tree under its final name. */
async function prepareTree(workshop: Workshop, source: Source, options: SuiteOptions): Promise<void> {
  const fresh = `${workshop.tree}.new`;
  await rm(fresh, { recursive: true, force: true });
  options.progress?.(`copying the source of ${source.version}`);
  await withPublishedSource(source, options, () => copySource(source.tree, fresh));
  options.progress?.(`making the headers of ${source.version}`);
  const { succeeded, output } = await make({ ...workshop, tree: fresh }, ['headers']);
  if (!succeeded) {
    throw new KconformError(`make headers failed in the source of ${source.version}`, {
      code: 'KC_SUITE_BUILD',
      blame: 'host',
      hint: `the whole output is in ${workshop.log}`,
      evidence: { output: output.slice(-4000) },
    });
  }
  await rename(fresh, workshop.tree);
}

async function buildAll(
  workshop: Workshop,
  targets: readonly string[],
  folder: string,
  { progress }: SuiteOptions,
): Promise<BuiltTarget[]> {
  const [install, large] = [join(folder, INSTALLED), join(folder, LARGE)];
  const missing = missingLibraries();
  if (missing.length > 0) progress?.(`some selftests will not compile: apt-get install ${missing.join(' ')}`);
  for (const path of [install, large]) await rm(path, { recursive: true, force: true }); // of a run that was killed
  await mkdir(install, { recursive: true });
  const built: BuiltTarget[] = [];
  for (const target of targets) {
    progress?.(`building selftests: ${target} (${built.length + 1} of ${targets.length})`);
    built.push(await buildTarget(workshop, target, install));
  }
  await stripPrograms(install);
  const empty = await removeEmptyPrograms(install); // strip(1) leaves one when the disk is full
  const whole = built.map((target) => withoutEmpty(target, empty));
  await separateLarge(whole, install, large);
  return whole;
}

function installedIn(folder: string, facts: Facts): InstalledSelftests {
  return { ...facts, folder: join(folder, INSTALLED), large: join(folder, LARGE), log: join(folder, 'build.log') };
}

/** undefined when they were not built, not to the end, or changed since. */
async function readInstalled(folder: string): Promise<InstalledSelftests | undefined> {
  const facts = await readBuiltFolder(folder, PARTS, Facts);
  return facts && installedIn(folder, facts);
}

/** Whether there are facts that were not read, and not because an earlier version of kconform wrote them. */
async function isDamaged(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return existsSync(file);
  const [, format] = /^\{"facts":\{"format":(\d+),/.exec(text) ?? [];
  return format === undefined || Number(format) >= FORMAT;
}

function isOfHost(error: unknown): boolean {
  return error instanceof KconformError && (error.code === 'KC_DISK_FULL' || error.code === 'KC_HOST_LIMIT');
}

async function needSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= NEEDED_BYTES) return;
  throw new KconformError(`building the selftests needs 2 GiB below ${folder}, which are not free`, {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME to a folder on another disk',
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
