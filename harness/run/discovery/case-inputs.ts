import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BOOT } from '../../expect/judge/boot.ts';
import { isImage, type Machine, machineKey } from '../../machine/machine.ts';
import { contentHash } from '../../packages/files/files.ts';
import { headersName } from '../../scenario/forms/c.ts';
import { programInputs } from '../../scenario/programs/inputs.ts';
import { guestFile } from '../machine-parts.ts';
import type { Case } from './case.ts';

/** The suite's own part in what a case observes: a change there makes all that is kept worthless. */
const SUITE =
  /^(harness\/(authors|scenario|expect|machine|oracles|packages|run|suites)\/|harness\/guest\/(agent|deterministic|disks|initramfs|qemu)\/[^/]+$|harness\/kernels\/modules\/[^/]+$|images\/guest\/.*\.[ch]$)/;
const SUITE_FOLDERS = ['harness', 'images/guest'];

/** What all cases of a folder may share: no files of one case, and no mutants, which are kernels to run cases on. */
const SHARED = /^(?!mutants\/)(?!(.*\/)?(scenario\.[^/]*|expect\.ts)$).*\.(ts|sh|c|h)$/;

/** Tells by a hash whether what was seen of a case would be seen again. */
export type CaseInputs = (
  testCase: Pick<Case, 'name' | 'folder' | 'machine' | 'inputs' | 'imports'> & Partial<Pick<Case, 'loaded'>>,
) => Promise<string>;

/**
 * Of a scenario in TypeScript the imports are known. Of another one, whatever in its folder of cases is no other case's scenario or
 * expectation may be a part of it.
 * @param root the project's root
 */
export async function caseInputs(root: string): Promise<CaseInputs> {
  const suite = await hashFiles(root, SUITE_FOLDERS, SUITE);
  const shared = new Map<string, Promise<string>>();
  const known = new Map<string, string>();
  /** Of machines; the files of a suite are many. */
  const outsides = new Map<string, Promise<string>>();
  const outsideOf = (machine: Machine, headers: readonly string[]) => {
    const key = `${machineKey(machine)} ${headers.join()}`;
    const made =
      outsides.get(key) ??
      fileHashes(machine).then((files) => sha256(JSON.stringify([suite, ...headers, machineKey(machine), files])));
    outsides.set(key, made);
    return made;
  };
  return async ({ name, folder, machine, inputs, imports, loaded }) => {
    if (inputs !== undefined) return [await outsideOf(machine, []), '', inputs].map(shortened).join('-');
    const key = `${folder} ${machineKey(machine)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const cases = folder.slice(0, -name.length);
    const all = imports === undefined ? (shared.get(cases) ?? hashFiles(cases, ['.'], SHARED)) : undefined;
    if (all !== undefined) shared.set(cases, all);
    const common = all ?? importsOutside(folder, imports ?? {});
    const headers = existsSync(join(folder, 'scenario.c')) ? [await headersName()] : [];
    const program = loaded === undefined || loaded instanceof Error ? undefined : loaded.expectation.program;
    const ofProgram = program === undefined ? [] : await programInputs(program, folder);
    const outside = await outsideOf(machine, [...headers, ...ofProgram]);
    const own = [outside, await common, await hashFiles(folder, ['.'])].map(shortened).join('-');
    known.set(key, own);
    return own;
  };
}

/** Files of the host that the machine has: all that the guest gets of them, and of a disk image, which may be large, its size and time. */
export async function fileHashes({ files = [], disks = [] }: Machine): Promise<string[]> {
  const hash = await contentHash(files.map(guestFile)).catch((error: unknown) => String(error)); // a missing file is reported when it is needed
  const images = disks.filter(isImage).map(async (path) => {
    const facts = await stat(path).catch(() => undefined);
    return facts === undefined ? 'missing' : `${facts.ino} ${facts.size} ${facts.ctimeMs}`;
  });
  return Promise.all([hash, ...images]);
}

/**
 * What was edited between two runs.
 * - own: files of the case itself (for the boot: what the configuration declares)
 * - shared: files that all cases share, or kconform; also where the hashes do not tell which files
 * - nothing: also where a run recorded no hash
 */
export function editBetween(name: string, before: string | undefined, after: string | undefined): Edit {
  if (before === undefined || after === undefined || before === after) return 'nothing';
  if (name === BOOT) return 'own';
  const [then, now] = [before.split('-')[OWN_PART], after.split('-')[OWN_PART]];
  return then === undefined || now === undefined || then === now ? 'shared' : 'own';
}

export type Edit = 'own' | 'shared' | 'nothing';

type Inputs = Readonly<Record<string, string>> | undefined;

/** {@link editBetween} for each case of two runs, from the hashes that they recorded. */
export function editsBetween(before: Inputs, after: Inputs): (name: string) => Edit {
  return (name) => editBetween(name, before?.[name], after?.[name]);
}

/** A hash has three parts: kconform and kernel headers, what the cases share, the case's own folder. Earlier versions had one hash of all. */
const COMMON_PART = 1;
const OWN_PART = 2;
const DIGITS = 16;

function shortened(hash: string): string {
  return hash.slice(0, DIGITS);
}

/**
 * Whether files of the case itself, or what it imports from beside it, are others than a run recorded. False where its hash does not
 * tell: none, that of an earlier version, and for the boot.
 */
export async function isEditedSince(
  { folder, inputs, imports }: Pick<Case, 'folder' | 'inputs' | 'imports'>,
  recorded: string | undefined,
): Promise<boolean> {
  const parts = recorded?.split('-') ?? [];
  if (parts.length <= OWN_PART) return false;
  const own = inputs ?? (await hashFiles(folder, ['.']));
  const common = imports === undefined ? undefined : shortened(importsOutside(folder, imports));
  return parts[OWN_PART] !== shortened(own) || (common !== undefined && parts[COMMON_PART] !== common);
}

/** The hashes of all of them, by name. */
export async function inputsOf(cases: readonly Case[], root: string): Promise<Record<string, string>> {
  const inputs = await caseInputs(root);
  const entries: [string, string][] = [];
  for (const one of cases) entries.push([one.name, await inputs(one)]);
  return Object.fromEntries(entries);
}

function importsOutside(folder: string, imports: NonNullable<Case['imports']>): string {
  const names = Object.entries(imports).map(([path, hash]) => [relative(folder, path), hash]);
  return sha256(JSON.stringify(names.filter(([name = '']) => name.startsWith('..')).sort()));
}

/** Of all files below the folders in `root` whose path there is one that is meant. */
async function hashFiles(root: string, folders: readonly string[], meant = /./): Promise<string> {
  const found = await Promise.all(folders.map((folder) => filesBelow(join(root, folder))));
  const names = found.flat().map((path) => relative(root, path));
  const wanted = names.filter((name) => meant.test(name) && !name.endsWith('.test.ts')).sort();
  const parts = await Promise.all(wanted.map(async (name) => [name, sha256(await readFile(join(root, name)))]));
  return sha256(JSON.stringify(parts));
}

/** Without hidden ones and packages. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const own = entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules');
  const found = await Promise.all(
    own.map(async (entry) => {
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(path)).isDirectory());
      return isFolder ? filesBelow(path) : [path];
    }),
  );
  return found.flat();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
