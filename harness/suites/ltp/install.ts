import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cachePath, ensureFolder, storageError } from '../../cache/folder.ts';
import { stampOf } from '../../cache/folder-content.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import type { SuiteOptions } from '../built.ts';
import { readBuiltFolder, removeEmptyPrograms, writeBuiltFolder } from '../built-folder.ts';
import { stripPrograms } from '../kselftest/strip.ts';
import { type RuntestLine, wordsOf } from './runtest.ts';

/** Raised whenever the same LTP would give other files. */
const FORMAT = 1;
/** The folder of an installed LTP with all that its tests use. */
const TESTCASES = 'testcases';
const PROGRAMS = join(TESTCASES, 'bin');

const Facts = z.strictObject({ format: z.literal(FORMAT) });

/** What is taken of an installed LTP. */
interface Wanted {
  /** The installed LTP. */
  readonly folder: string;
  /** Lines of all its runtest files. */
  readonly all: readonly RuntestLine[];
  /** Those that are tests here. */
  readonly chosen: readonly RuntestLine[];
}

/**
 * A copy of the programs and data that the chosen lines need, in the cache. An LTP has more than 1 GiB of programs, and everything in the
 * copy takes memory of each guest: programs are stripped, and those of other lines are left out.
 * @returns its folder, which has `testcases`
 * @throws KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_INTERRUPTED (host)
 */
export async function obtainPrograms(wanted: Wanted, { signal, progress }: SuiteOptions): Promise<string> {
  const leftOut = programsOfOthers(wanted);
  const key = JSON.stringify([FORMAT, await stampOf(join(wanted.folder, TESTCASES)), [...leftOut].sort()]);
  const folder = cachePath('suites', `ltp-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`);
  if ((await readBuiltFolder(folder, [TESTCASES], Facts)) !== undefined) return folder;
  const lock = {
    awaited: 'another run that copies LTP',
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  return withLock(`${folder}.lock`, lock, async () => {
    if ((await readBuiltFolder(folder, [TESTCASES], Facts)) !== undefined) return folder;
    try {
      await rm(await ensureFolder(folder), { recursive: true, force: true });
      progress?.(`copying the programs of ${wanted.folder}`);
      await copyPrograms(wanted.folder, folder, leftOut);
      await writeBuiltFolder(folder, [TESTCASES], { format: FORMAT });
      return folder;
    } catch (error) {
      throw storageError(error, folder);
    }
  });
}

/** Programs that other lines name, and no chosen one. */
function programsOfOthers({ all, chosen }: Wanted): ReadonlySet<string> {
  const wanted = new Set(chosen.flatMap(({ command }) => wordsOf(command)));
  return new Set(all.map(({ program }) => program).filter((name) => !wanted.has(name)));
}

/** Programs that are left out at first come after all if a program that is copied has their name in it, since it may start them. */
async function copyPrograms(from: string, to: string, leftOut: ReadonlySet<string>): Promise<void> {
  const left = new Set(leftOut);
  const source = join(from, PROGRAMS);
  const isLeft = (path: string) => left.has(path.slice(source.length + 1));
  const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  await mkdir(to, { recursive: true });
  await cp(join(from, TESTCASES), join(to, TESTCASES), { ...options, filter: (path) => !isLeft(path) });
  await stripPrograms(join(to, TESTCASES));
  let names = await readdir(join(to, PROGRAMS));
  while (names.length > 0) {
    const named = await mentioned(join(to, PROGRAMS), names, left);
    for (const name of named) left.delete(name);
    names = [];
    for (const name of named) {
      if (!(await isFile(join(source, name)))) continue; // named in runtest, and not built
      await cp(join(source, name), join(to, PROGRAMS, name), options);
      names.push(name);
    }
    if (names.length > 0) await stripPrograms(join(to, PROGRAMS));
  }
  await refuseEmpty(from, to);
}

async function mentioned(folder: string, names: readonly string[], left: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) {
    const path = join(folder, name);
    if (!(await isFile(path))) continue;
    for (const word of wordsOf((await readFile(path)).toString('latin1'))) if (left.has(word)) found.add(word);
  }
  return [...found];
}

/** strip(1) leaves an empty program when the disk is full; it would pass. */
async function refuseEmpty(from: string, to: string): Promise<void> {
  for (const name of await removeEmptyPrograms(join(to, TESTCASES))) {
    if ((await stat(join(from, TESTCASES, name))).size === 0) continue;
    throw new KconformError(`${name} of LTP could not be copied: the disk is full`, {
      code: 'KC_DISK_FULL',
      blame: 'host',
      hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME to a folder on another disk',
    });
  }
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
