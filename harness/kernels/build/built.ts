import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import type { Kernel } from '../kernel.ts';
import { storedKernel } from '../stored-image.ts';
import { branchOf, compareVersions, parseVersion } from '../version.ts';

const Facts = z.object({
  /** What --kernel names it by: `6.12.117+debug`. */
  spec: z.string(),
  profile: z.string(),
  source: z.string(),
  machine: z.object({ memoryMiB: z.number(), cpus: z.number() }),
  builtAt: z.string(),
  buildMs: z.number(),
});
export type BuiltFacts = z.infer<typeof Facts>;

/** The folder of a built kernel in the cache; `id` tells its inputs. */
export function builtFolder(id: string): string {
  return cachePath('kernels', `built-${id}`);
}

export async function registerBuilt(id: string, facts: BuiltFacts): Promise<void> {
  await publishFile(join(builtFolder(id), 'built.json'), (path) => writeFile(path, JSON.stringify(facts)));
}

async function readFacts(id: string): Promise<BuiltFacts | undefined> {
  // A file that cannot be read or parsed counts as none: the kernel is built again.
  return readFile(join(builtFolder(id), 'built.json'), 'utf8')
    .then((text) => Facts.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
}

/** The kernel built from these inputs, where it is in the cache and whole. */
export async function builtKernel(id: string): Promise<Kernel | undefined> {
  const folder = builtFolder(id);
  const facts = await readFacts(id);
  if (facts === undefined) return undefined;
  const kernel = await storedKernel(join(folder, 'vmlinux'), null, facts.spec);
  if (kernel === undefined) return undefined;
  const files = await readdir(folder);
  const at = (name: string) => (files.includes(name) ? join(folder, name) : undefined);
  const symbols = at('vmlinux.debug');
  const moduleFolder = at('tree');
  const leakModule = at('kmemleak-test.ko');
  return {
    ...kernel,
    machine: facts.machine,
    ...(symbols === undefined ? {} : { symbols }),
    ...(moduleFolder === undefined ? {} : { moduleFolder }),
    ...(leakModule === undefined ? {} : { leakModule }),
  };
}

/** Every built kernel that --kernel can name, oldest version first, the newest build of each. */
export async function listBuilt(): Promise<(BuiltFacts & { readonly id: string })[]> {
  const folders = await readdir(cachePath('kernels')).catch(() => []);
  const newest = new Map<string, BuiltFacts & { readonly id: string }>();
  for (const folder of folders.filter((name) => name.startsWith('built-'))) {
    const id = folder.slice('built-'.length);
    const facts = await readFacts(id);
    if (facts === undefined || facts.spec === '') continue;
    if ((newest.get(facts.spec)?.builtAt ?? '') < facts.builtAt) newest.set(facts.spec, { ...facts, id });
  }
  return [...newest.values()].sort((a, b) => compareVersions(a.spec, b.spec) || a.spec.localeCompare(b.spec));
}

/** What a spec such as `6.12.117+debug`, `6.12+debug` (newest built) or `linux+debug` (a tree) means; undefined for other specs. */
export function readBuiltSpec(spec: string): { readonly source: string; readonly profile: string } | undefined {
  const [, source, profile] = /^v?([\w.-]+)\+([a-z]+)$/.exec(spec) ?? [];
  return source === undefined || profile === undefined ? undefined : { source, profile };
}

/** @throws KC_NOT_BUILT with the command that builds it */
export async function resolveBuilt(spec: string): Promise<Kernel> {
  const wanted = readBuiltSpec(spec);
  const all = await listBuilt();
  const found = all.findLast(
    (built) => built.spec === spec || (built.profile === wanted?.profile && branchOf(built.source) === wanted.source),
  );
  const kernel = found && (await builtKernel(found.id));
  if (kernel !== undefined) {
    const now = new Date();
    await utimes(builtFolder(found?.id ?? ''), now, now).catch(() => undefined); // the least recently used goes first
    return { ...kernel, spec };
  }
  const there = all.length > 0 ? `; built are ${all.map((built) => built.spec).join(', ')}` : '';
  const isVersion = parseVersion(wanted?.source ?? '') !== undefined;
  throw new KconformError(`${spec} is not built${there}`, {
    code: 'KC_NOT_BUILT',
    blame: 'host',
    hint: isVersion
      ? `npx kconform build --source ${wanted?.source} --profile ${wanted?.profile} (about 10 minutes), or run with --build`
      : 'npx kconform build --tree FOLDER --profile debug',
  });
}
