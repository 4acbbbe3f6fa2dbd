import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { type Archive, debianArchive, sourceError, writeSource } from '../sources/archive.ts';

/** Suites of Debian's main archive and of its security archive in which kernels are published. */
const MAIN_SUITES = [
  'bookworm',
  'bookworm-updates',
  'bookworm-backports',
  'trixie',
  'trixie-updates',
  'trixie-backports',
  'sid',
];
const SECURITY_SUITES = ['bookworm-security', 'trixie-security'];

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** The host's hooks (docker-clean empties its package cache after each update) are none of ours; only a file can clear them. */
const NO_HOOKS = ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success']
  .map((hook) => `#clear APT::Update::${hook};\n`)
  .join('');
const LISTS_LAST_MS = 6 * 60 * 60 * 1000;
/** Without a network apt takes seconds to give up: not again for each kernel. */
const RETRY_AFTER_MS = 10 * 60 * 1000;

export interface AptOptions {
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (message: string) => void;
}

/** The file whose time is that of the package lists. */
export function listsStamp({ folder }: Archive = debianArchive()): string {
  return join(folder, 'updated');
}

function settings({ source, folder }: Archive): string[] {
  const at = (name: string) => join(folder, name);
  const values = {
    'Dir::State': at('state'),
    'Dir::State::lists': at('state/lists'),
    'Dir::Cache': at('cache'),
    // Container images turn these off; each call would then parse every list again.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'Dir::Etc::sourcelist': at(source === undefined ? 'sources.list' : 'source.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

interface AptResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface AptCall {
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Default: five minutes. */
  readonly limitMs?: number;
  /** Default: Debian's. */
  readonly archive?: Archive;
}

/** A mirror that says nothing for this long is given up. */
const LIMIT_MS = 300_000;

/** Runs one of apt's programs on the private state. @throws KC_NO_APT, KC_INTERRUPTED */
export async function apt(program: string, args: readonly string[], call: AptCall = {}): Promise<AptResult> {
  const { cwd, signal, limitMs = LIMIT_MS, archive = debianArchive() } = call;
  const result = await execa(program, [...settings(archive), ...args], {
    reject: false,
    env: { LC_ALL: 'C' },
    timeout: limitMs,
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal?.aborted) {
    throw new KconformError(`interrupted while ${program} ran`, { code: 'KC_INTERRUPTED', blame: 'host' });
  }
  if (result.code === 'ENOENT') throw noApt();
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Package lists of all suites, in a private state that leaves the host's alone. They are asked for anew after six hours; old
 * ones serve where there is no network, and that is said.
 * @throws KC_NO_PACKAGE_LISTS, KC_KERNEL_SOURCE, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_NO_APT, KC_INTERRUPTED
 */
export async function ensureLists(
  { refresh = false, signal, progress }: AptOptions,
  archive: Archive = debianArchive(),
): Promise<void> {
  const { folder } = archive;
  const before = await listsTime(archive);
  if (!refresh && isRecent(before)) return;
  if (!refresh && before !== undefined && Date.now() - ((await timeOf(failedStamp(archive))) ?? 0) < RETRY_AFTER_MS) {
    progress?.(oldLists(before, archive));
    return;
  }
  for (const name of ['state/lists/partial', 'cache/archives/partial']) await ensureFolder(join(folder, name));
  const awaited = 'another run that fetches package lists';
  const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
  await withLock(join(folder, 'lists.lock'), lock, async () => {
    const now = await listsTime(archive);
    // Whoever held the lock meanwhile has done it, for us as well.
    if (refresh ? now !== before : isRecent(now)) return;
    progress?.(`fetching package lists${archive.source === undefined ? '' : ` of ${archive.source.name}`}`);
    await update(archive, now, { signal, progress });
  });
}

async function update(
  archive: Archive,
  last: number | undefined,
  { signal, progress }: { readonly signal: AbortSignal | undefined; readonly progress: AptOptions['progress'] },
): Promise<void> {
  const { source, folder } = archive;
  if (source === undefined)
    await publishFile(join(folder, 'sources.list'), async (path) => writeFile(path, await sources(folder)));
  else await writeSource({ source, folder });
  await publishFile(join(folder, 'no-hooks.conf'), (path) => writeFile(path, NO_HOOKS));
  // A declared source is there as a whole or not at all.
  const strict = source === undefined ? [] : ['-o', 'APT::Update::Error-Mode=any'];
  const args = ['-c', join(folder, 'no-hooks.conf'), ...strict, 'update', '-q'];
  const result = await apt('apt-get', args, { signal, archive });
  if (/No space left/.test(result.stderr)) {
    throw storageError(Object.assign(new Error(result.stderr), { code: 'ENOSPC' }), folder);
  }
  const isUnverified = source !== undefined && UNVERIFIED.test(result.stderr);
  // Of Debian a suite that a mirror lacks, or one that did not answer, is a warning: lists that came for the others count.
  const came = source === undefined ? /^(Hit|Get):\d+ /m.test(result.stdout) : result.exitCode === 0;
  if (came && !isUnverified) {
    await publishFile(listsStamp(archive), (path) => writeFile(path, new Date().toISOString()));
  } else if (last === undefined || isUnverified || (source !== undefined && !UNREACHABLE.test(result.stderr))) {
    throw source === undefined ? noLists(result.stderr) : unusable(source.name, result.stderr);
  } else {
    await publishFile(failedStamp(archive), (path) => writeFile(path, result.stderr));
    progress?.(oldLists(last, archive));
  }
}

/** What apt 2 (gpgv) and apt 3 (sqv) print of a repository whose signature is missing or wrong. */
const UNVERIFIED =
  /is (not|no longer) signed|NO_PUBKEY|BADSIG|EXPKEYSIG|KEYEXPIRED|signatures? .*(verif|invalid)|[Mm]issing key/;

/** What leaves older lists in use. */
const UNREACHABLE =
  /Failed to fetch|Could not (connect|resolve)|Temporary failure|timed out|(no longer has|does not have) a Release file/;

function unusable(name: string, output: string): KconformError {
  const isKey = /NO_PUBKEY|BADSIG|EXPKEYSIG|KEYEXPIRED|signatures? .*(verif|invalid)|[Mm]issing key/.test(output);
  if (isKey) {
    const why = 'its signature cannot be verified with the key';
    return sourceError(name, why, 'signedBy in kconform.config.ts must name the key that signs the repository', output);
  }
  if (UNVERIFIED.test(output)) {
    const hint = 'sign the repository and give its public key as signedBy; kconform uses verified packages only';
    return sourceError(name, 'it is not signed', hint, output);
  }
  const said = /^[EW]: (.*)$/m.exec(output)?.[1] ?? 'apt-get update failed';
  return sourceError(name, said, 'check the network, and uris, suites and components in kconform.config.ts', output);
}

function oldLists(time: number, { source }: Archive): string {
  const whose = source === undefined ? '' : ` of ${source.name}`;
  return `no network: using the package lists${whose} of ${new Date(time).toISOString().slice(0, 10)}`;
}

/** The file whose time is that of the last fetch that failed. */
function failedStamp({ folder }: Archive): string {
  return join(folder, 'failed');
}

/** When the lists were fetched; undefined when they never were. */
async function listsTime(archive: Archive): Promise<number | undefined> {
  return timeOf(listsStamp(archive));
}

async function timeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

function isRecent(time: number | undefined): boolean {
  return time !== undefined && Date.now() - time < LISTS_LAST_MS;
}

/** A sources.list of the archives that the host's own apt configuration names; no address is written down here. */
async function sources(folder: string): Promise<string> {
  const list = sourcesFrom(await hostTargets(), existsSync);
  if (list !== undefined) return list;
  const known = await readFile(join(folder, 'sources.list'), 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  throw noLists("the host's apt is not configured for a Debian archive");
}

/** A line `SITE|RELEASE|SIGNED_BY` for each list that the host's apt is configured for, also those that it never fetched. @throws KC_NO_APT */
export async function hostTargets(): Promise<string> {
  const args = ['indextargets', '--no-release-info', '--format', '$(SITE)|$(RELEASE)|$(SIGNED_BY)'];
  const { stdout, code } = await execa('apt-get', args, { reject: false });
  if (code === 'ENOENT') throw noApt();
  return String(stdout ?? '');
}

function noApt(): KconformError {
  return new KconformError('apt-get not found: it is needed to download published kernels', {
    code: 'KC_NO_APT',
    blame: 'host',
    hint: 'name a kernel by its path: --kernel ./bzImage',
  });
}

/**
 * A sources.list from lines `SITE|RELEASE|SIGNED_BY` about the host's own; undefined when none of them is a Debian archive.
 * Signatures are checked against Debian's keyring, and the one that the host names for its mirror.
 */
export function sourcesFrom(targets: string, exists: (path: string) => boolean): string | undefined {
  const rows = targets.split('\n').map((line) => line.split('|'));
  const security = rows.find(([, release = '']) => /^[a-z]+-security$/.test(release));
  const main = rows.find(
    ([site, release = '']) =>
      /^(bookworm|trixie|forky|duke|oldstable|stable|testing|sid|unstable)(-updates|-backports)?$/.test(release) &&
      site !== security?.[0],
  );
  if (main === undefined) return undefined;
  const lines = (row: readonly string[], suites: readonly string[]) => {
    const [site, , named = ''] = row;
    const keyrings = [...new Set([KEYRING, named])].filter((path) => path.startsWith('/') && exists(path));
    const signed = keyrings.length > 0 ? ` signed-by=${keyrings.join(',')}` : '';
    return suites.map((suite) => `deb [arch=amd64${signed}] ${site} ${suite} main\n`);
  };
  return [...lines(main, MAIN_SUITES), ...(security === undefined ? [] : lines(security, SECURITY_SUITES))].join('');
}

/** @param output what apt said */
export function noLists(output: string): KconformError {
  return new KconformError('cannot get the list of published kernels', {
    code: 'KC_NO_PACKAGE_LISTS',
    blame: 'host',
    hint: 'check the network and `apt-get update`, or name a kernel by its path: --kernel /boot/vmlinuz-…',
    evidence: { output },
  });
}
