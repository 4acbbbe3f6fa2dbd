import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import type { AptOptions } from '../debian/apt.ts';
import { readImage } from '../image.ts';
import type { Kernel } from '../kernel.ts';
import { storeTree } from '../modules/stored-tree.ts';
import { storeImage } from '../stored-image.ts';
import { builtFolder, builtKernel, registerBuilt } from './built.ts';
import { type Compilation, compile, configure } from './compile.ts';
import { editTree, type SourceEdit, type SourceFile } from './edits.ts';
import { checkConfig, loadProfile, type Profile, printFragment } from './profile.ts';
import { obtainSource, type Source } from './source.ts';

/** Raised whenever the same inputs would give another kernel. */
const FORMAT = 1;

export interface BuildRequest {
  /** `6.12`, `6.12.117`, or one that is there. */
  readonly source: string | Source;
  /** A name, or one that is loaded. */
  readonly profile: string | Profile;
  /** Made in the source before it is built; the kernel is then kept for who asked, and --kernel does not name it. */
  readonly edits?: readonly (SourceEdit | SourceFile)[];
  /** Whether an edited kernel keeps its symbols and its modules; one without edits always does. */
  readonly whole?: boolean;
  /** Shown in progress and results instead of VERSION+PROFILE. */
  readonly label?: string;
}

/**
 * A kernel of the published source with a profile: from the cache, or built now.
 * @throws KC_NO_SUCH_SOURCE, KC_NO_SUCH_PROFILE, KC_CONFIG_DROPPED, KC_EDIT, KC_BUILD, KC_TOOL_MISSING, KC_DISK_FULL, KC_INTERRUPTED
 */
export async function buildKernel(request: BuildRequest, options: AptOptions): Promise<Kernel> {
  const profile = typeof request.profile === 'string' ? await loadProfile(request.profile) : request.profile;
  const source = typeof request.source === 'string' ? await obtainSource(request.source, options) : request.source;
  const edits = request.edits ?? [];
  const keepsSymbols = edits.length === 0 || request.whole === true;
  const id = await identify(source, profile, edits, keepsSymbols);
  const own = `${source.version}+${profile.name}`;
  const before = await builtKernel(id);
  if (before !== undefined) return { ...before, spec: request.label ?? own };
  // --kernel names what is published, built with a profile.
  const spec = edits.length > 0 || source.commit !== undefined || profile.isWhole === true ? '' : own;
  return lockedFor(source.tree, options, async () => {
    const meanwhile = await builtKernel(id);
    if (meanwhile !== undefined) return { ...meanwhile, spec: request.label ?? own };
    await editTree(source.tree, originalsOf(source), edits, await newestObject(source));
    const output = await ensureFolder(outputOf(source, profile.name));
    const changesConfig = edits.some(({ file }) => /(^|\/)Kconfig[^/]*$/.test(file));
    if (changesConfig) await forgetConfig(output);
    try {
      const made = await make(
        source,
        output,
        profile,
        { id, spec, keepsSymbols, label: request.label ?? own },
        options,
      );
      return { ...made, spec: request.label ?? own };
    } finally {
      // Its options and defaults are not those of the next build.
      if (changesConfig) await forgetConfig(output);
    }
  });
}

/** Makes the unpacked source the published one again: an edit is never left to whoever builds or reads it otherwise. */
export function restoreSource(source: Source, progress: AptOptions['progress']): Promise<void> {
  const body = async () => editTree(source.tree, originalsOf(source), [], await newestObject(source));
  return lockedFor(source.tree, progress === undefined ? {} : { progress }, body);
}

/** Runs `body` while the unpacked source is the published one, and no build edits it. */
export function withPublishedSource<T>(source: Source, options: AptOptions, body: () => Promise<T>): Promise<T> {
  return lockedFor(source.tree, options, async () => {
    await editTree(source.tree, originalsOf(source), [], await newestObject(source));
    return body();
  });
}

function originalsOf({ tree }: Source): string {
  return `${tree}.originals`;
}

/** The folder of objects of a source and a profile. */
export function outputOf({ packageVersion }: Pick<Source, 'packageVersion'>, profile: string): string {
  return cachePath('builds', `${packageVersion}+${profile}`);
}

/** When, in milliseconds, the last object of any profile was made of the source; 0 before the first. */
async function newestObject({ packageVersion }: Source): Promise<number> {
  const folders = await readdir(cachePath('builds')).catch((): string[] => []);
  const times = folders
    .filter((name) => name.startsWith(`${packageVersion}+`))
    .map(async (name) => (await stat(cachePath('builds', name, 'vmlinux')).catch(() => undefined))?.mtimeMs ?? 0);
  return Math.max(0, ...(await Promise.all(times)));
}

/**
 * A kernel of a tree of the user's own, whose files are only read: configuration and objects are kept in the cache.
 * @throws as {@link buildKernel}, and KC_NO_SUCH_TREE, KC_TREE_NOT_CLEAN
 */
export async function buildTree(folder: string, profileName: string, options: AptOptions): Promise<Kernel> {
  const profile = await loadProfile(profileName);
  const tree = resolve(folder);
  const version = await treeVersion(tree);
  const name = createHash('sha256').update(tree).digest('hex').slice(0, 12);
  const spec = `${basename(tree).replaceAll(/[^\w.-]/g, '-')}+${profile.name}`;
  return lockedFor(cachePath('builds', `tree-${name}`), options, async () => {
    const output = await ensureFolder(cachePath('builds', `tree-${name}+${profile.name}`));
    const id = `tree-${name}-${profile.name}`;
    await rm(builtFolder(id), { recursive: true, force: true }); // of an earlier state of the tree
    return make(
      { version, packageVersion: version, tree },
      output,
      profile,
      { id, spec, keepsSymbols: true, label: spec },
      options,
    );
  });
}

/** One tree is edited and built by one process at a time. */
function lockedFor<T>(path: string, { signal, progress }: AptOptions, body: () => Promise<T>): Promise<T> {
  const awaited = 'another build in the same tree';
  const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
  return withLock(`${path}.build-lock`, lock, body);
}

interface Made {
  readonly id: string;
  readonly spec: string;
  readonly keepsSymbols: boolean;
  readonly label: string;
}

async function make(
  source: Source,
  output: string,
  profile: Profile,
  made: Made,
  options: AptOptions,
): Promise<Kernel> {
  const { signal, progress } = options;
  const compilation: Compilation = { tree: source.tree, output, signal, progress };
  await needSpace(output);
  try {
    await configured(compilation, profile, source.kconfig);
    const hasModules = made.keepsSymbols && profile.settings.some(({ option }) => option === 'MODULES');
    const ms = await compile(compilation, ['vmlinux', ...(hasModules ? ['modules'] : [])], made.label);
    await keep(output, made);
    if (hasModules) await keepModules(compilation, made);
    const { machine } = profile;
    const facts = { spec: made.spec, profile: profile.name, source: source.version, machine, buildMs: ms };
    await registerBuilt(made.id, { ...facts, builtAt: new Date().toISOString() });
  } catch (error) {
    throw storageError(error, output);
  }
  const kernel = await builtKernel(made.id);
  if (kernel !== undefined) return kernel;
  throw new KconformError('the built kernel changed after it was written', { code: 'KC_BUILD', blame: 'harness' });
}

/** Objects, images with debug information and what the link needs beside them take up to 2 GiB; a rebuild little more than its link. */
const NEEDED_BYTES = 2 * 1024 ** 3;
const NEEDED_AGAIN_BYTES = NEEDED_BYTES / 4;

/** @throws KC_DISK_FULL before anything is built that there is no room for */
async function needSpace(output: string): Promise<void> {
  const { bavail, bsize } = await statfs(output);
  const needed = existsSync(join(output, 'vmlinux')) ? NEEDED_AGAIN_BYTES : NEEDED_BYTES;
  if (bavail * bsize >= needed) return;
  throw new KconformError(`building a kernel needs ${needed / 1024 ** 3} GiB in ${output}, which are not free`, {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME to a folder on another disk',
  });
}

/** What the folder was configured with. */
const CONFIGURED = 'profile.config';

/** tinyconfig and the profile, unless that is what the folder has already: make would take all for changed otherwise. */
async function configured(compilation: Compilation, profile: Profile, kconfig = ''): Promise<void> {
  const wanted = printFragment(profile.settings) + (kconfig === '' ? '' : `# ${kconfig}\n`);
  const memo = join(compilation.output, CONFIGURED);
  const path = join(compilation.output, '.config');
  const known = await readFile(memo, 'utf8').catch(() => undefined);
  if (known === wanted) return;
  compilation.progress?.(`configuring ${profile.name}`);
  if (profile.isWhole !== true) await configure(compilation, 'tinyconfig');
  // Kconfig takes the last of two lines about one option, with a warning.
  await writeFile(path, (profile.isWhole === true ? '' : await readFile(path, 'utf8')) + wanted);
  await configure(compilation, 'olddefconfig');
  if (profile.isWhole !== true) checkConfig(await readFile(path, 'utf8'), profile.settings, profile.name);
  await writeFile(memo, wanted);
}

/** Makes the next build configure the folder from the start. */
async function forgetConfig(output: string): Promise<void> {
  await rm(join(output, CONFIGURED), { force: true });
}

/** Takes what a guest, the oracles and people need out of the output folder. */
async function keep(output: string, { id, keepsSymbols }: Made): Promise<void> {
  const folder = await ensureFolder(builtFolder(id));
  const built = join(output, 'vmlinux');
  const stripped = join(output, 'vmlinux.stripped');
  await execa('strip', ['-g', '-o', stripped, built]);
  const { vmlinux, version } = await readImage(await readFile(stripped), built);
  await publishFile(join(folder, 'vmlinux.config'), (to) => copyFile(join(output, '.config'), to));
  if (keepsSymbols) {
    await publishFile(join(folder, 'vmlinux.debug'), (to) => copyFile(built, to));
    await publishFile(join(folder, 'System.map'), (to) => copyFile(join(output, 'System.map'), to));
    const module = join(output, 'samples/kmemleak/kmemleak-test.ko');
    if (
      await stat(module).then(
        () => true,
        () => false,
      )
    ) {
      await publishFile(join(folder, 'kmemleak-test.ko'), (to) => copyFile(module, to));
    }
  }
  await storeImage(join(folder, 'vmlinux'), vmlinux, version);
}

/** All modules without debug information, installed by the kernel's own makefile. */
async function keepModules(compilation: Compilation, { id }: Made): Promise<void> {
  const installed = join(compilation.output, 'installed');
  try {
    await configure(compilation, 'modules_install', { INSTALL_MOD_PATH: installed, INSTALL_MOD_STRIP: '1' });
    const [release = ''] = await readdir(join(installed, 'lib/modules'));
    await storeTree(join(installed, 'lib/modules', release), join(builtFolder(id), 'tree'));
  } finally {
    await rm(installed, { recursive: true, force: true });
  }
}

async function identify(
  { packageVersion, commit }: Source,
  profile: Profile,
  edits: NonNullable<BuildRequest['edits']>,
  keepsSymbols: boolean,
): Promise<string> {
  const versions = ['gcc', 'ld', 'pahole'].map(async (tool) => {
    const { stdout } = await execa(tool, ['--version'], { reject: false });
    return String(stdout).split('\n')[0];
  });
  const { name, settings, machine } = profile;
  // JSON leaves out a text that is undefined; a removed file has no text, and no other edit looks like it.
  const inputs = [FORMAT, packageVersion, name, printFragment(settings), machine, edits, await Promise.all(versions)];
  if (edits.length > 0 && keepsSymbols) inputs.push('whole');
  if (commit !== undefined) inputs.push(commit);
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 24);
}

/** `6.12.80` from a tree's Makefile. @throws KC_NO_SUCH_TREE, KC_TREE_NOT_CLEAN */
export async function treeVersion(tree: string): Promise<string> {
  const makefile = await readFile(join(tree, 'Makefile'), 'utf8').catch(() => '');
  const part = (name: string) => new RegExp(`^${name} = *(\\S*)$`, 'm').exec(makefile)?.[1] ?? '';
  if (part('VERSION') === '' || !makefile.includes('KERNELVERSION')) {
    throw new KconformError(`${tree} is not the root of a kernel's source`, {
      code: 'KC_NO_SUCH_TREE',
      blame: 'host',
      hint: 'name the folder that has the Makefile with VERSION and PATCHLEVEL',
    });
  }
  // What Makefile's own outputmakefile looks for, and then asks for mrproper.
  const left = ['.config', 'include/config', 'arch/x86/include/generated'].map((path) => join(tree, path));
  if (left.some((path) => existsSync(path))) {
    throw new KconformError(
      `${tree} was configured or built in place; make cannot build such a tree in another folder`,
      {
        code: 'KC_TREE_NOT_CLEAN',
        blame: 'host',
        hint: 'git worktree add another folder and name that one, or make mrproper (which removes .config and all objects)',
      },
    );
  }
  return `${part('VERSION')}.${part('PATCHLEVEL')}.${part('SUBLEVEL')}${part('EXTRAVERSION')}`;
}
