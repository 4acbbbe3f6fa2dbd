/** The base of a suite: what debootstrap makes, with Node, npm and sudo, packed in the cache. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cachePath } from '../../harness/cache/folder.ts';
import { hostTargets, sourcesFrom } from '../../harness/kernels/debian/apt.ts';

/** Where bases are kept and rooms stand. */
export function roomsFolder(): string {
  return cachePath('rooms');
}

export type Suite = 'bookworm' | 'trixie';

/** Packages that the README expects. Debian 12 has Node 18, so there Node comes from the host and npm from its registry. */
const PACKAGES: Record<Suite, readonly string[]> = {
  bookworm: ['ca-certificates', 'sudo', 'libstdc++6'],
  trixie: ['ca-certificates', 'sudo', 'nodejs', 'npm'],
};
/** The npm that comes with Node 20. */
const NPM_OF_NODE_20 = 'npm@10';
const LASTS_MS = 30 * 24 * 60 * 60 * 1000;
/** policy-rc.d: packages must not start services in a chroot. */
const NO_SERVICES = '#!/bin/sh\nexit 101\n';
/**
 * The beginning of a command that gets its own mount and process namespaces. They end with the command, and the command ends with
 * this process.
 */
export const ALONE = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
export const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The archive of the base. It is made when it is missing or older than LASTS_MS. */
export async function base(suite: Suite): Promise<string> {
  const packed = join(roomsFolder(), `${suite}.tar`);
  const age = await stat(packed).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  if (age < LASTS_MS) return packed;
  await mkdir(roomsFolder(), { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(roomsFolder(), `base-${suite}-`));
  try {
    console.log(`making the base of ${suite}`);
    const root = join(scratch, 'root');
    await make(suite, root);
    await execa('tar', ['--create', '--numeric-owner', '--directory', root, '--file', join(scratch, 'packed'), '.']);
    await rename(join(scratch, 'packed'), packed);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return packed;
}

/** Runs a command in its own mount and process namespaces: debootstrap mounts /proc. */
async function alone(...command: readonly string[]): Promise<void> {
  await execa('setpriv', [...ALONE, ...command], { stdin: 'ignore', all: true });
}

/** The host's Debian archive, from apt's configuration. */
async function sources(suite: Suite): Promise<{ site: string; release: string }[]> {
  const list = sourcesFrom(await hostTargets(), existsSync) ?? '';
  const found = [...list.matchAll(/^deb \S+(?: \S+=\S+)* (\S+:\S+) (\S+) main$/gm)].map(
    ([, site = '', release = '']) => ({ site, release }),
  );
  return found.filter(({ release }) => [suite, `${suite}-updates`, `${suite}-security`].includes(release));
}

/** The network settings of the host's apt: proxies, certificates, whether dates are checked. */
async function networkSettings(): Promise<string> {
  const { stdout } = await execa('apt-config', ['dump']);
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(https?|Check-|Retries)/i.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

async function make(suite: Suite, root: string): Promise<void> {
  const lists = await sources(suite);
  const mirror = lists.find(({ release }) => release === suite)?.site ?? '';
  await alone('debootstrap', '--variant=minbase', '--include=ca-certificates,sudo', suite, root, mirror);
  const lines = lists.map(({ site, release }) => `deb ${site} ${release} main\n`);
  await writeFile(join(root, 'etc/apt/sources.list'), lines.join(''));
  await writeFile(join(root, 'etc/apt/apt.conf.d/99host'), await networkSettings());
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), NO_SERVICES, { mode: 0o755 });
  for (const file of [CERTIFICATES, '/etc/resolv.conf', '/etc/hosts']) {
    if (existsSync(file)) await cp(file, join(root, file), { dereference: true });
  }
  await alone('chroot', root, 'apt-get', 'update');
  await alone(
    'chroot',
    root,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    ...PACKAGES[suite],
  );
  if (suite === 'bookworm') {
    await cp(process.execPath, join(root, 'usr/local/bin/node'));
    await execa('npm', [
      'install',
      '--global',
      '--prefix',
      join(root, 'usr/local'),
      '--no-audit',
      '--no-fund',
      NPM_OF_NODE_20,
    ]);
  }
  // A fresh system has no lists: set-up must fetch them.
  await alone('chroot', root, 'sh', '-c', 'apt-get clean; rm -rf /var/lib/apt/lists/*');
}

/** Why no room of the suite can be made here; undefined where one can. */
export async function whyNot(suite: Suite): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make a chroot';
  if (process.arch !== 'x64') return 'the suites are made for amd64';
  const { exitCode } = await execa('debootstrap', ['--version'], { reject: false });
  if (exitCode !== 0) return 'debootstrap not found (apt-get install debootstrap)';
  if ((await execa('setpriv', [...ALONE, 'true'], { reject: false })).exitCode !== 0)
    return 'this system lets root make no namespaces of mounts and processes';
  if ((await sources(suite)).length === 0) return "the host's apt is not configured for a Debian archive";
  return (await canMakeDevices()) ? undefined : `device files cannot be made or used in ${roomsFolder()}`;
}

async function canMakeDevices(): Promise<boolean> {
  await mkdir(roomsFolder(), { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(roomsFolder(), 'device-'));
  try {
    const device = join(scratch, 'null');
    await execa('mknod', [device, 'c', '1', '3']);
    await writeFile(device, 'x', { flag: 'r+' });
    return true;
  } catch {
    return false;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
