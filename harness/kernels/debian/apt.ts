import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';

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

function folder(): string {
  return cachePath('apt');
}

/** The file whose time is that of the package lists. */
export function listsStamp(): string {
  return join(folder(), 'updated');
}

function settings(): string[] {
  const at = (name: string) => join(folder(), name);
  const values = {
    'Dir::State': at('state'),
    'Dir::State::lists': at('state/lists'),
    'Dir::Cache': at('cache'),
    // Container images turn these off; each call would then parse every list again.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'Dir::Etc::sourcelist': at('sources.list'),
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
}

/** A mirror that says nothing for this long is given up. */
const LIMIT_MS = 300_000;

/** Runs one of apt's programs on the private state. @throws KC_NO_APT, KC_INTERRUPTED */
export async function apt(program: string, args: readonly string[], call: AptCall = {}): Promise<AptResult> {
  const { cwd, signal, limitMs = LIMIT_MS } = call;
  const result = await execa(program, [...settings(), ...args], {
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
 * @throws KC_NO_PACKAGE_LISTS, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_NO_APT, KC_INTERRUPTED
 */
export async function ensureLists({ refresh = false, signal, progress }: AptOptions): Promise<void> {
  const before = await listsTime();
  if (!refresh && isRecent(before)) return;
  if (!refresh && before !== undefined && Date.now() - ((await timeOf(failedStamp())) ?? 0) < RETRY_AFTER_MS) {
    progress?.(oldLists(before));
    return;
  }
  for (const name of ['state/lists/partial', 'cache/archives/partial']) await ensureFolder(join(folder(), name));
  const awaited = 'another run that fetches package lists';
  const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
  await withLock(join(folder(), 'lists.lock'), lock, async () => {
    const now = await listsTime();
    // Whoever held the lock meanwhile has done it, for us as well.
    if (refresh ? now !== before : isRecent(now)) return;
    progress?.('fetching package lists');
    await update(now, signal, progress);
  });
}

async function update(
  last: number | undefined,
  signal: AbortSignal | undefined,
  progress: AptOptions['progress'],
): Promise<void> {
  await publishFile(join(folder(), 'sources.list'), async (path) => writeFile(path, await sources()));
  await publishFile(join(folder(), 'no-hooks.conf'), (path) => writeFile(path, NO_HOOKS));
  const result = await apt('apt-get', ['-c', join(folder(), 'no-hooks.conf'), 'update', '-q'], { signal });
  if (/No space left/.test(result.stderr)) {
    throw storageError(Object.assign(new Error(result.stderr), { code: 'ENOSPC' }), folder());
  }
  // A suite that a mirror lacks, or one that did not answer, is a warning: lists that came for the others count.
  if (/^(Hit|Get):\d+ /m.test(result.stdout)) {
    await publishFile(listsStamp(), (path) => writeFile(path, new Date().toISOString()));
  } else if (last === undefined) {
    throw noLists(result.stderr);
  } else {
    await publishFile(failedStamp(), (path) => writeFile(path, result.stderr));
    progress?.(oldLists(last));
  }
}

function oldLists(time: number): string {
  return `no network: using the package lists of ${new Date(time).toISOString().slice(0, 10)}`;
}

/** The file whose time is that of the last fetch that failed. */
function failedStamp(): string {
  return join(folder(), 'failed');
}

/** When the lists were fetched; undefined when they never were. */
async function listsTime(): Promise<number | undefined> {
  return timeOf(listsStamp());
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
async function sources(): Promise<string> {
  const list = sourcesFrom(await hostTargets(), existsSync);
  if (list !== undefined) return list;
  const known = await readFile(join(folder(), 'sources.list'), 'utf8').catch(() => undefined);
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
