import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { cachePath, publishFile } from '../cache/folder.ts';
import { type AptOptions, apt, ensureLists, listsStamp } from './apt.ts';
import { branchOf, compareVersions } from './version.ts';

const Entry = z.object({
  version: z.string(),
  number: z.string(),
  series: z.string(),
  flavour: z.string(),
  package: z.string(),
  packageVersion: z.string(),
  suites: z.array(z.string()),
});

/** A published kernel: one package at one version. */
export interface PublishedKernel extends z.infer<typeof Entry> {
  /** The release as `uname -r` prints it: `6.12.57+deb12-cloud-amd64`. */
  readonly version: string;
  /** The upstream version: `6.12.57`; differs from the release for 6.1 (`6.1.0-50-cloud-amd64`). */
  readonly number: string;
  readonly cached: boolean;
}

const Stored = z.object({ lists: z.number(), kernels: z.array(Entry) });

/** Where an unpacked kernel stands in the cache. */
export function imagePath(kernel: { package: string; packageVersion: string }): string {
  return cachePath('kernels', `${kernel.package}_${kernel.packageVersion.replaceAll(/[^\w.+~-]/g, '_')}`, 'vmlinux');
}

/**
 * Every published kernel of the cloud flavour, which needs no modules for our guests; oldest first.
 * @throws KC_NO_APT, KC_NO_PACKAGE_LISTS
 */
export async function listPublished(options: AptOptions = {}): Promise<PublishedKernel[]> {
  await ensureLists(options);
  const { mtimeMs } = await stat(listsStamp());
  const file = cachePath('apt', 'kernels.json');
  const stored = await readFile(file, 'utf8').then(
    (text) => Stored.parse(JSON.parse(text)),
    () => undefined,
  );
  const kernels = stored?.lists === mtimeMs ? stored.kernels : await readLists();
  if (stored?.lists !== mtimeMs) {
    await publishFile(file, (path) => writeFile(path, JSON.stringify({ lists: mtimeMs, kernels })));
  }
  return kernels.map((kernel) => ({ ...kernel, cached: existsSync(imagePath(kernel)) }));
}

async function readLists(): Promise<z.infer<typeof Entry>[]> {
  const names = await apt('apt-cache', ['search', '--names-only', '^linux-(image|binary)-[0-9].*-cloud-amd64$']);
  const found = names.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /^linux-(image|binary)-\d+\.\d+\.\d/.test(name));
  // From some version on the image sits in linux-binary, and linux-image is what depends on it.
  const wanted = found.filter(
    (name) => name.startsWith('linux-binary-') || !found.includes(name.replace('-image-', '-binary-')),
  );
  const madison = await apt('apt-cache', ['madison', ...wanted]);
  return parseMadison(madison.stdout);
}

/** Reads the table `package | version | address suite/component architecture Packages`. */
export function parseMadison(text: string): z.infer<typeof Entry>[] {
  const kernels = new Map<string, z.infer<typeof Entry>>();
  for (const line of text.split('\n')) {
    const [name = '', packageVersion = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const version = /^linux-(?:image|binary)-(\d.*)$/.exec(name)?.[1];
    const number = /^\d+\.\d+(\.\d+)?/.exec(packageVersion)?.[0];
    const suite = where.split(' ')[1]?.split('/')[0];
    if (version === undefined || number === undefined || suite === undefined) continue;
    const key = `${name}=${packageVersion}`;
    const known = kernels.get(key);
    if (known !== undefined) {
      if (!known.suites.includes(suite)) known.suites.push(suite);
      continue;
    }
    const flavour = 'cloud-amd64';
    kernels.set(key, {
      version,
      number,
      series: branchOf(number),
      flavour,
      package: name,
      packageVersion,
      suites: [suite],
    });
  }
  return [...kernels.values()].sort(
    (a, b) =>
      compareVersions(a.number, b.number) ||
      byNumber.compare(a.version, b.version) ||
      byNumber.compare(a.packageVersion, b.packageVersion),
  );
}

const byNumber = new Intl.Collator('en', { numeric: true });
