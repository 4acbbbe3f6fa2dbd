import { existsSync } from 'node:fs';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { withLock } from '../cache/lock.ts';
import { KconformError } from '../errors.ts';

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
const LISTS_LAST_MS = 6 * 60 * 60 * 1000;

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
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
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
}

/** A mirror that says nothing for this long is given up. */
const LIMIT_MS = 300_000;

/** Runs one of apt's programs on the private state. @throws KC_NO_APT */
export async function apt(program: string, args: readonly string[], { cwd, signal }: AptCall = {}): Promise<AptResult> {
  const result = await execa(program, [...settings(), ...args], {
    reject: false,
    env: { LC_ALL: 'C' },
    timeout: LIMIT_MS,
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (result.exitCode === undefined && result.signal === undefined && !result.isCanceled) {
    throw new KconformError('this system has no apt, from which published kernels come', {
      code: 'KC_NO_APT',
      blame: 'host',
      hint: 'name a kernel by its path: --kernel /boot/vmlinuz-…',
    });
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Package lists of all suites, in a private state that leaves the host's alone. They are asked for anew after six hours; old
 * ones serve where there is no network, and that is said.
 * @throws KC_NO_PACKAGE_LISTS
 */
export async function ensureLists({ refresh = false, signal, progress }: AptOptions): Promise<void> {
  const age = await stat(listsStamp()).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => undefined,
  );
  if (age !== undefined && age < LISTS_LAST_MS && !refresh) return;
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'debs'])
    await ensureFolder(join(folder(), name));
  const lock = { awaited: 'another run that fetches package lists', ...(signal ? { signal } : {}) };
  await withLock(join(folder(), 'lists.lock'), lock, async () => {
    const again = await stat(listsStamp()).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => undefined,
    );
    if (again !== undefined && again < LISTS_LAST_MS && !refresh) return;
    progress?.('fetching package lists');
    await writeFile(join(folder(), 'sources.list'), await sources());
    const result = await apt('apt-get', ['update', '-q'], { signal });
    // A suite that a mirror lacks is a warning; lists that came for the others count.
    if (!/^(Hit|Get):\d+ /m.test(result.stdout)) {
      if (again === undefined) throw noLists(result.stderr);
      progress?.('no network: using the package lists of an earlier run');
      return;
    }
    const now = new Date();
    await writeFile(listsStamp(), now.toISOString());
    await utimes(listsStamp(), now, now);
  });
}

/** Where the host's own apt configuration gets Debian's packages from; no address is written down here. */
async function sources(): Promise<string> {
  const { stdout } = await execa('apt-get', ['indextargets', '--format', '$(SITE)|$(RELEASE)|$(ORIGIN)'], {
    reject: false,
  });
  const targets = String(stdout ?? '')
    .split('\n')
    .map((line) => line.split('|'));
  const security = targets.find(([, release]) => release?.endsWith('-security'))?.[0];
  const main = targets.find(
    ([site, release]) =>
      /^(bookworm|trixie|forky|stable|sid|testing)(-updates)?$/.test(release ?? '') && site !== security,
  )?.[0];
  if (main === undefined) {
    const known = await readFile(join(folder(), 'sources.list'), 'utf8').catch(() => undefined);
    if (known !== undefined) return known;
    throw noLists('apt is not configured for a Debian archive');
  }
  const options = existsSync(KEYRING) ? ` [signed-by=${KEYRING}]` : '';
  return [
    ...MAIN_SUITES.map((suite) => `deb${options} ${main} ${suite} main`),
    ...(security === undefined ? [] : SECURITY_SUITES.map((suite) => `deb${options} ${security} ${suite} main`)),
    '',
  ].join('\n');
}

function noLists(output: string): KconformError {
  return new KconformError('no list of published kernels could be had', {
    code: 'KC_NO_PACKAGE_LISTS',
    blame: 'host',
    hint: 'check the network and `apt-get update`, or name a kernel by its path: --kernel /boot/vmlinuz-…',
    evidence: { output },
  });
}
