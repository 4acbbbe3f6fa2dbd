import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { pathsBelow } from '../../cache/folder-content.ts';
import { type Modinfo, moduleName, parseBuiltinModinfo, readModinfo } from './modinfo.ts';

const Names = z.array(z.string()).readonly();
const Facts = z.object({ depends: Names, softdeps: Names, aliases: Names, parameters: Names, vermagic: z.string() });
const TreeModule = Facts.extend({
  /** With underscores. */
  name: z.string(),
  /** The file below the tree's folder, compressed or not. */
  file: z.string(),
  /** Of the file as it is; absent in a folder of the user's own, which is read as it is now. */
  sha256: z.string().optional(),
});
const Builtin = Facts.extend({ name: z.string() });

/** What a folder of modules holds (`/lib/modules/RELEASE`, or a tree in which modules were built). */
export const TreeIndex = z.object({
  modules: z.array(TreeModule).readonly(),
  /** null where the folder does not say which modules are built in. */
  builtin: z.array(Builtin).readonly().nullable(),
  /** Files that are named like modules and are none. */
  unreadable: z.array(z.object({ name: z.string(), file: z.string() })).readonly(),
});
export type TreeIndex = z.infer<typeof TreeIndex>;
export type TreeModule = z.infer<typeof TreeModule>;

/** A module's file, compressed or not: `overlay.ko.xz`. */
const MODULE = /^(.+)\.ko(\.(?:xz|zst|gz))?$/;

/** Name of the module in a file, undefined for another file. */
export function moduleOfFile(path: string): string | undefined {
  const name = MODULE.exec(basename(path))?.[1];
  return name === undefined ? undefined : moduleName(name);
}

/** Files of modules below the folder: those that modules.order names in a tree that was built, all in another folder. */
export async function moduleFiles(folder: string): Promise<string[]> {
  // What a build tree holds besides is of an earlier build.
  if (existsSync(join(folder, '.config'))) {
    const order = await readFile(join(folder, 'modules.order'), 'utf8').catch(() => '');
    const files = order.split('\n').filter((line) => line !== '');
    return files.map((line) => line.replace(/\.o$/, '.ko')).filter((file) => existsSync(join(folder, file)));
  }
  return (await pathsBelow(folder)).filter((file) => moduleOfFile(file) !== undefined).sort();
}

/**
 * @param folder where the modules are
 * @param files what {@link moduleFiles} found there
 * @param uncompressed the path of an uncompressed copy of a module's file
 */
export async function indexTree(
  folder: string,
  files: readonly string[],
  uncompressed: (file: string) => string,
): Promise<TreeIndex> {
  const modules: TreeModule[] = [];
  const unreadable: { name: string; file: string }[] = [];
  for (const file of files) {
    const name = moduleOfFile(file) ?? '';
    const modinfo = await readModinfo(uncompressed(file)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error) throw error; // the file is gone or cannot be read: nothing is known of it
      return undefined;
    });
    if (modinfo === undefined) unreadable.push({ name, file });
    else modules.push({ name, file, ...modinfo });
  }
  return { modules, builtin: await builtinOf(folder), unreadable };
}

/** Without modules.builtin.modinfo, which came with 5.2, names alone. */
async function builtinOf(folder: string): Promise<TreeIndex['builtin']> {
  const list = await readFile(join(folder, 'modules.builtin'), 'utf8').catch(() => undefined);
  const told = await readFile(join(folder, 'modules.builtin.modinfo')).catch(() => undefined);
  if (list === undefined && told === undefined) return null;
  const modinfo = told === undefined ? new Map<string, Modinfo>() : parseBuiltinModinfo(told);
  const names = (list ?? '').split('\n').map((line) => moduleOfFile(line) ?? '');
  const nothing: Modinfo = { depends: [], softdeps: [], aliases: [], parameters: [], vermagic: '' };
  return [...new Set([...names, ...modinfo.keys()])]
    .filter((name) => name !== '')
    .map((name) => ({ name, ...(modinfo.get(name) ?? nothing) }));
}
