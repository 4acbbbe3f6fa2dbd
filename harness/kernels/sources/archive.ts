import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import type { KernelSource } from './declaration.ts';

/** A set of apt sources with package lists of its own: one that cannot be had costs the others nothing. */
export interface Archive {
  /** Undefined for Debian's. */
  readonly source: KernelSource | undefined;
  /** The private state of apt for it. */
  readonly folder: string;
}

/** Debian's own, from the mirrors that the host's apt is configured for. */
export function debianArchive(): Archive {
  return { source: undefined, folder: cachePath('apt') };
}

/** Another declaration under the same name has another folder. */
export function archiveOf(source: KernelSource): Archive {
  const definition = createHash('sha256')
    .update(JSON.stringify([...source.fields]))
    .digest('hex')
    .slice(0, 12);
  return { source, folder: cachePath('apt-sources', `${source.name}-${definition}`) };
}

let declared: () => Promise<readonly KernelSource[]> = async () => [];

/** Says where this process finds the sources that the user declared; they are read when a kernel of one may be meant. */
export function findSourcesWith(find: () => Promise<readonly KernelSource[]>): void {
  declared = find;
}

/** The archives that the user declared, in their order. */
export async function declaredArchives(): Promise<Archive[]> {
  return (await declared()).map(archiveOf);
}

/** @throws KC_KERNEL_SOURCE (host) for a name that is not declared */
export async function archiveNamed(name: string): Promise<Archive> {
  if (name === 'debian') return debianArchive();
  const archives = await declaredArchives();
  const archive = archives.find(({ source }) => source?.name === name);
  if (archive !== undefined) return archive;
  const names = ['debian', ...archives.map(({ source }) => source?.name)].join(', ');
  throw new KconformError(`no source of kernels is called "${name}"`, {
    code: 'KC_KERNEL_SOURCE',
    blame: 'host',
    hint: `the sources are: ${names}; others are declared in kconform.config.ts (kernels.sources)`,
  });
}

/**
 * Writes apt's list of sources for a declared source.
 * @returns the file
 * @throws KC_KERNEL_SOURCE (host) without its key
 */
export async function writeSource({ source, folder }: Archive & { readonly source: KernelSource }): Promise<string> {
  const file = join(folder, 'source.sources');
  const lines = ['Types: deb', 'Architectures: amd64'];
  for (const name of ['URIs', 'Suites', 'Components']) {
    const value = source.fields.get(name);
    if (value !== undefined) lines.push(`${name}: ${value}`);
  }
  const key = source.fields.get('Signed-By');
  if (key !== undefined) lines.push(`Signed-By: ${await keyFile(key, source.name, folder)}`);
  await publishFile(file, (path) => writeFile(path, `${lines.join('\n')}\n`));
  return file;
}

async function keyFile(key: string, name: string, folder: string): Promise<string> {
  if (key.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    const file = join(folder, 'key.asc');
    await publishFile(file, (path) => writeFile(path, `${key}\n`));
    return file;
  }
  if (existsSync(key)) return key;
  throw sourceError(name, `the key ${key} is not there`, 'correct signedBy in kconform.config.ts');
}

/** @param why what is wrong, for `the apt source "NAME" cannot be used: WHY` */
export function sourceError(name: string, why: string, hint: string, output?: string): KconformError {
  return new KconformError(`the apt source "${name}" cannot be used: ${why}`, {
    code: 'KC_KERNEL_SOURCE',
    blame: 'host',
    hint,
    ...(output === undefined ? {} : { evidence: { output } }),
  });
}
