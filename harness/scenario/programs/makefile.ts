import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { contentThroughLinks, membersOf } from '../../cache/folder-content.ts';
import { noRoomFor, scratchFolder } from '../../cache/scratch-folder.ts';
import { buildEnvironment } from './build-environment.ts';
import { type Built, copyFolder, keepBuilt, readBuilt } from './built.ts';
import { adviceFor, type Made, missingTool, type Tried, withNewestHeaders } from './compiler.ts';
import { programError } from './faults.ts';
import { hostPackages, keyOf, versionOf } from './kept.ts';

export interface MakeRequest {
  readonly folder?: string;
  readonly target: string;
}

/**
 * Makes a target in a copy of a folder, which stays as it is. What was made is in the cache, under the hash of all files of the folder and
 * of the environment that it gets;
 * on a host without dpkg(1) it is made anew by each process.
 * @param folder what is copied
 * @throws KC_PROGRAM, KC_C_NOT_COMPILED (case), KC_TOOL_MISSING, KC_TMPDIR (host)
 */
export async function runMake(request: MakeRequest, folder: string): Promise<Made<Built>> {
  const place = resolve(folder, request.folder ?? '.');
  if (relative(folder, place).startsWith('..'))
    throw programError(`${place} is not in ${folder}`, 'name a folder below that of the case');
  if (!['GNUmakefile', 'makefile', 'Makefile'].some((name) => existsSync(join(place, name))))
    throw programError(`there is no Makefile in ${place}`, 'name the folder with it: make: { folder, target }');
  const tools = [await versionOf('make', 'make'), await versionOf('cc', 'gcc libc6-dev')];
  const packages = await hostPackages();
  return withNewestHeaders(
    `${request.target} in ${place}`,
    async (folders) => {
      const key = keyOf([tools, folders, request, packages, buildEnvironment(), await contentThroughLinks(folder)]);
      const kept = packages === undefined ? undefined : await readBuilt(key);
      return kept === undefined ? build(request, folder, folders, key) : { made: kept, said: '' };
    },
    (said) => adviceForMake(said) ?? adviceFor(said),
  );
}

/** Makefiles of larger trees include files above their folder, which are not in the copy. */
function adviceForMake(said: string): string | undefined {
  const outside = /^\S*[Mm]akefile:\d+: (\.\.\/\S+): No such file or directory$/m.exec(said)?.[1];
  if (outside === undefined) return undefined;
  return `the Makefile needs ${outside}: name the folder that has all of it, and the Makefile's own with --make-folder (make: { folder })`;
}

async function build(
  request: MakeRequest,
  folder: string,
  headers: readonly string[],
  key: string,
): Promise<Tried<Built>> {
  const scratch = scratchFolder('kconform-make-');
  try {
    const copy = join(scratch, 'copy');
    await copyFolder(folder, copy);
    const before = await membersOf(copy);
    const place = join(copy, request.folder ?? '.');
    const path = headers.join(':');
    const result = await execa('make', [request.target], {
      cwd: place,
      extendEnv: false,
      // As options -isystem, without a change to the Makefile's own flags.
      env: {
        ...buildEnvironment(),
        TMPDIR: scratch,
        ...(path !== '' && { C_INCLUDE_PATH: path, CPLUS_INCLUDE_PATH: path }),
      },
      reject: false,
      all: true,
    });
    if (result.exitCode === undefined) throw missingTool('make is not installed', 'make');
    const noRoom = result.exitCode === 0 ? undefined : noRoomFor(result.all);
    if (noRoom !== undefined) throw noRoom;
    if (/No rule to make target/.test(result.all) && result.all.includes(`'${request.target}'`))
      throw noTarget(request, resolve(folder, request.folder ?? '.'));
    if (result.exitCode !== 0) return { made: undefined, said: result.all };
    return { made: await keepBuilt(copy, before, key), said: '' };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function noTarget({ target }: MakeRequest, place: string): Error {
  return programError(`the Makefile in ${place} has no target ${target}`, 'name one of its targets: make: { target }');
}
