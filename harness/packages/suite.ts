import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePath, ensureFolder, publishFile } from '../cache/folder.ts';
import { KconformError } from '../errors/error.ts';
import { type AptOptions, ensureLists } from '../kernels/debian/apt.ts';

/**
 * The Debian release that packages of a guest come from, on every host: the newest stable one. One release for all, so that a
 * case sees the same programs wherever it runs. Its point releases and security updates replace versions; the archive of a
 * set of packages records which versions it holds.
 */
export const SUITE = 'trixie';

/**
 * Packages that only maintainer scripts need, which are not run here. They count as installed, so that they bring nothing along.
 * A package that is asked for by name is installed all the same.
 */
const FOR_SCRIPTS = ['adduser', 'base-files', 'debconf', 'dpkg', 'init-system-helpers', 'sensible-utils', 'ucf'];

/** `-o` options for apt calls that see this release alone, and a system on which nothing is installed. */
export interface AptView {
  readonly options: readonly string[];
}

/**
 * Makes apt's view of the release for a set of names; the lists are those of kernels.
 * @param asked names that are installed even if only scripts need them
 * @throws KC_NO_APT, KC_NO_PACKAGE_LISTS, KC_INTERRUPTED, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function openView(folder: string, asked: readonly string[], options: AptOptions): Promise<AptView> {
  await ensureLists(options).catch((error: unknown) => {
    throw forPackages(error);
  });
  await ensureFolder(join(folder, 'archives', 'partial'));
  const sources = suiteSources(await readFile(cachePath('apt', 'sources.list'), 'utf8'));
  if (sources === '') throw noSuite();
  const at = (name: string) => join(folder, name);
  await publishFile(at('sources.list'), (path) => writeFile(path, sources));
  await publishFile(at('status'), (path) => writeFile(path, statusOf(asked)));
  const values = {
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::State::status': at('status'),
    'Dir::State::extended_states': at('extended_states'),
    'Dir::Cache::archives': at('archives'),
    'Dir::Cache::pkgcache': at('pkgcache.bin'),
    'Dir::Cache::srcpkgcache': at('srcpkgcache.bin'),
    // The folder is ours alone; apt's own locks would be in folders that other runs read.
    'Debug::NoLocking': 'true',
    'APT::Install-Recommends': 'false',
    'APT::Get::Assume-Yes': 'true',
  };
  return { options: Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]) };
}

/** The lines of a sources.list for the release, its updates and its security updates. */
export function suiteSources(list: string): string {
  const suites = [SUITE, `${SUITE}-updates`, `${SUITE}-security`];
  const lines = list
    .split('\n')
    .filter((line) => suites.includes(/^deb (?:\[[^\]]*\] )?\S+ (\S+) /.exec(line)?.[1] ?? ''));
  return lines.map((line) => `${line}\n`).join('');
}

/** dpkg's status file of a system that has the packages for scripts and nothing else (deb822(5)). */
function statusOf(asked: readonly string[]): string {
  return FOR_SCRIPTS.filter((name) => !asked.includes(name))
    .map((name) =>
      [
        `Package: ${name}`,
        'Status: install ok installed',
        'Architecture: all',
        'Multi-Arch: foreign',
        'Version: 9999',
        'Maintainer: nobody',
        ...(name === 'debconf' ? ['Provides: debconf-2.0'] : []),
        'Description: counts as installed',
        '',
        '',
      ].join('\n'),
    )
    .join('');
}

function noSuite(): KconformError {
  return new KconformError(`the package lists do not contain Debian ${SUITE}, from which packages for guests come`, {
    code: 'KC_NO_PACKAGE_LISTS',
    blame: 'host',
    hint: 'npx kconform kernels --refresh updates the lists; packages need a host whose apt uses a Debian archive',
  });
}

/** What apt lacks, told for packages instead of kernels. */
function forPackages(error: unknown): unknown {
  if (!(error instanceof KconformError)) return error;
  const { code, blame, evidence, cause } = error;
  if (code === 'KC_NO_APT') {
    const hint = 'packages for guests need a host with apt; --file puts single files into the guest';
    return new KconformError('apt-get not found: it is needed to download packages for the guest', {
      code,
      blame,
      hint,
    });
  }
  if (code !== 'KC_NO_PACKAGE_LISTS') return error;
  const hint = 'check the network and `apt-get update`';
  return new KconformError('cannot get the list of packages', { code, blame, hint, evidence, cause });
}
