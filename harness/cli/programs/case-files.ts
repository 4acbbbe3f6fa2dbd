import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import { headersOf } from '../../scenario/programs/sources.ts';

/** Names that a case's folder has for itself. */
const TAKEN = ['expect.ts', 'scenario.ts', 'scenario.sh', 'scenario.c'];
const LEFT_OUT = ['.git', 'node_modules'];

/**
 * What a case needs of the folder that a program was found in, relative to it: of a whole folder all, else what the request names,
 * and the headers of the sources.
 * @throws KC_NEW_CASE (host) for a file outside the folder, or with a name that the case needs
 */
export async function programFiles(program: Program, folder: string, isWhole: boolean): Promise<string[]> {
  const files = isWhole ? await readdir(folder) : await namedFiles(program, folder);
  const kept = [...new Set(files)].filter((name) => !LEFT_OUT.includes(basename(name))).sort();
  for (const name of kept) {
    if (name.startsWith('..')) {
      throw refusal(
        `the program needs ${resolve(folder, name)}, which is not in ${folder}`,
        'move it in, or make the case from the folder above',
      );
    }
    if (TAKEN.includes(name)) throw refusal(`${join(folder, name)} has a name that the case needs itself`, 'rename it');
  }
  return kept;
}

async function namedFiles(program: Program, folder: string): Promise<string[]> {
  const { command, sources = [], files = [] } = program;
  const helpers = files.map((text) => text.split(':')[0] ?? '');
  const headers = sources.length === 0 ? [] : await headersOf(program, folder);
  return [...(command === undefined ? [] : [command]), ...sources, ...headers, ...helpers].map(
    (path) => relative(folder, resolve(folder, path)) || '.',
  );
}

/** Copies files and folders into the folder of a case; links count as what they lead to. */
export async function copyFiles(names: readonly string[], from: string, to: string): Promise<void> {
  for (const name of names) {
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    const isFolder = (await stat(join(from, name))).isDirectory();
    await cp(join(from, name), target, {
      recursive: isFolder,
      dereference: true,
      filter: (path) => !LEFT_OUT.includes(basename(path)),
    });
  }
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_NEW_CASE', blame: 'host', hint });
}
