import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { contentThroughLinks } from '../../cache/folder-content.ts';
import { newestKernelHeaders } from '../../kernels/debian/kernel-headers.ts';
import { nameOf } from './compiler.ts';
import { hostPackages, sha256 } from './kept.ts';
import type { Program } from './program-request.ts';

/**
 * What decides what a program is, beside its request and the files of the case's folder: the kernel headers and the host's
 * packages (compiler, libraries), and the files that it names outside the folder.
 */
export async function programInputs(program: Program, folder: string): Promise<string[]> {
  const { command, sources = [], include = [], files = [], make } = program;
  const isCompiled = sources.length > 0 || make !== undefined;
  const named = [...(command === undefined ? [] : [command]), ...sources, ...include, ...files.map(fromOf)];
  const outside = named.map((path) => resolve(folder, path)).filter((path) => relative(folder, path).startsWith('..'));
  const hashes = await Promise.all(outside.map(async (path) => `${path} ${await hashOf(path)}`));
  const headers = isCompiled ? [nameOf(await newestKernelHeaders())] : [];
  return [...headers, (await hostPackages()) ?? 'no dpkg', ...hashes];
}

function fromOf(text: string): string {
  return text.split(':')[0] ?? '';
}

/** A missing file is reported when it is needed. */
async function hashOf(path: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return 'missing';
  return facts.isDirectory() ? contentThroughLinks(path) : sha256(await readFile(path));
}
