/** Downloads packages of some MB from the archive of Debian that the host's apt is configured for. */
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../cache/folder.ts';
import { ensureLists } from '../kernels/debian/apt.ts';
import { listArchives, packageArchive } from './archive.ts';
import { SUITE } from './suite.ts';

let home: string;
let lists: string;
let realApt: string;

beforeAll(async () => {
  await ensureLists({});
  lists = cachePath('apt');
  realApt = (await execa('which', ['apt-get'])).stdout;
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kconform-packages-'));
  await mkdir(join(home, 'cache/kconform'), { recursive: true });
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** The package lists of the real cache. */
async function withLists(): Promise<void> {
  await symlink(lists, join(home, 'cache/kconform/apt'));
}

/** A program in apt-get's place that does something else for one of its options. */
async function aptGet(option: string, script: string): Promise<void> {
  const text = `#!/bin/sh\ncase "$*" in *${option}*)\n${script}\n;; esac\nexec ${realApt} "$@"\n`;
  await writeFile(join(home, 'apt-get'), text);
  await chmod(join(home, 'apt-get'), 0o755);
  vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
}

async function names(path: string): Promise<string[]> {
  const { stdout } = await execa('busybox', ['cpio', '-t'], { inputFile: path });
  return stdout.split('\n');
}

test('a package comes with its libraries, once: the second use asks neither apt nor the network', async () => {
  await withLists();
  const made = await packageArchive(['mawk']);
  expect(made.suite).toBe(SUITE);
  expect(made.packages.map((one) => one.split('=')[0])).toEqual(['gcc-14-base', 'libc6', 'libgcc-s1', 'mawk']);
  expect(made.programs).toContain('mawk');
  const members = await names(made.path);
  expect(members).toContain('usr/bin/mawk');
  expect(members).toContain('usr/bin/awk'); // of update-alternatives
  expect(members).toContain('usr/lib64/ld-linux-x86-64.so.2');
  expect(members.filter((name) => /^(bin|sbin|lib|lib64)(\/|$)|^usr\/share\/(doc|man)/.test(name))).toEqual([]);

  expect(await listArchives()).toEqual([{ ...made, names: ['mawk'] }]);
  await aptGet('-', 'exit 1');
  expect(await packageArchive(['mawk', 'mawk'])).toEqual(made);
});

test('the same packages give the same bytes, and a damaged archive is made again', async () => {
  await withLists();
  const made = await packageArchive(['mawk']);
  await truncate(made.path, 1000);
  const again = await packageArchive(['mawk']);
  expect(again).toEqual(made);
  const file = await open(again.path);
  expect((await file.stat()).size).toBe(made.size);
  await file.close();
});

test('a refresh keeps an archive whose versions are still the newest', async () => {
  await withLists();
  const made = await packageArchive(['mawk']);
  await aptGet('--download-only', 'exit 1');
  await aptGet('update', 'exec touch /dev/null');
  expect(await packageArchive(['mawk'], { refresh: true })).toEqual(made);
});

test.each([
  ['straze', 'no package of Debian trixie is called "straze"', 'strace'],
  ['awk', 'no package of Debian trixie is called "awk"', 'virtual package; choose one of gawk, mawk'],
  ['Bash Shell', 'no package of Debian trixie is called "Bash Shell"', 'exact name'],
  ['bash-', 'no package of Debian trixie is called "bash-"', 'bash'],
])('%s is no package, and the nearest names are told', async (name, message, hint) => {
  await withLists();
  await expect(packageArchive([name])).rejects.toMatchObject({
    code: 'KC_NO_SUCH_PACKAGE',
    blame: 'case',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
  expect(await readdir(cachePath('packages'))).not.toContainEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
});

test('packages that conflict are refused with what apt says', async () => {
  await withLists();
  await expect(packageArchive(['systemd-sysv', 'sysvinit-core'])).rejects.toMatchObject({
    code: 'KC_PACKAGES',
    message: expect.stringContaining('sysv'),
  });
});

test.each([
  ['no network', "echo 'E: Failed to fetch mawk: Temporary failure resolving' >&2; exit 100", 'KC_DOWNLOAD'],
  ['a download that was cut off', 'exit 0', 'KC_DOWNLOAD'],
  ['a wrong checksum', "echo 'E: Hash Sum mismatch' >&2; exit 100", 'KC_DOWNLOAD_CORRUPT'],
  ['a full disk', "echo 'E: Write error - write (28: No space left on device)' >&2; exit 100", 'KC_DISK_FULL'],
  ['a package that is no archive', 'FILES', 'KC_DOWNLOAD_CORRUPT'],
])('%s is told, and nothing of it is kept', async (_, script, code) => {
  await withLists();
  const rubbish = `
    for word; do case "$word" in Dir::Cache::archives=*) folder="\${word#*=}";; esac; done
    ${realApt} "$@" || exit
    for file in "$folder"/mawk*.deb; do head -c 20000 "$file" >"$file.part"; mv "$file.part" "$file"; done
    exit 0`;
  await aptGet('--download-only', script.replace('FILES', rubbish));
  await expect(packageArchive(['mawk'])).rejects.toMatchObject({ code, blame: 'host' });
  expect(await readdir(cachePath('packages'))).not.toContainEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
});

test('an interrupted download ends at once', async () => {
  await withLists();
  await aptGet('--download-only', 'exec sleep 60');
  const controller = new AbortController();
  const making = packageArchive(['mawk'], {
    signal: controller.signal,
    progress: (message) => message.startsWith('downloading') && setTimeout(() => controller.abort(), 200),
  });
  await expect(making).rejects.toMatchObject({ code: 'KC_INTERRUPTED' });
});

test('without apt, and without lists, the message is about packages', async () => {
  vi.stubEnv('PATH', home);
  await expect(packageArchive(['mawk'])).rejects.toMatchObject({
    code: 'KC_NO_APT',
    message: expect.stringContaining('packages for the guest'),
  });
  vi.unstubAllEnvs();
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  await aptGet('update', "echo 'E: no network' >&2; exit 100");
  await expect(packageArchive(['mawk'])).rejects.toMatchObject({
    code: 'KC_NO_PACKAGE_LISTS',
    message: 'cannot get the list of packages',
  });
  expect(await readFile(join(home, 'apt-get'), 'utf8')).toContain('no network');
});
