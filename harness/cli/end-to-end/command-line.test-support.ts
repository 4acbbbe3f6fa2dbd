/** For tests of commands: kconform as a process of its own, with pipes or on a terminal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cachePath } from '../../cache/folder.ts';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const KCONFORM = join(REPOSITORY, 'harness/cli/kconform.mjs');
const LIMIT_MS = 110_000;
/** A test is no CI job to the command that it runs, wherever it runs itself. */
const ENVIRONMENT = { NO_COLOR: '1', CI: '' };

interface Settings {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly apart?: Apart;
  readonly limitMs?: number;
}

/** What a process has for itself: mounts, made by shell commands before it starts, and no network where `network` is false. */
interface Apart {
  readonly mounts?: string;
  readonly network?: boolean;
  /** The number of a user without power. */
  readonly user?: number;
}

/** An environment with a cache of its own in the folder, of which some entries are those of the shared one. */
export async function cacheIn(folder: string, ...shared: readonly string[]): Promise<{ XDG_CACHE_HOME: string }> {
  await mkdir(join(folder, 'kconform'), { mode: 0o700 });
  for (const name of ['initramfs', 'accelerator.json', 'qemu.json', ...shared]) {
    await symlink(cachePath(name), join(folder, 'kconform', name));
  }
  return { XDG_CACHE_HOME: folder };
}

/** A process under way; once it has `ended`, `leftovers` names what it left running or lying about. */
export function startKconform(
  args: readonly string[],
  { input = '', cwd, env = {}, apart, limitMs = LIMIT_MS }: Settings = {},
) {
  const command = ['node', KCONFORM, ...args];
  const [file = '', ...words] = apart === undefined ? command : [...unshared(apart), ...command];
  const child = execa(file, words, {
    reject: false,
    all: true,
    input,
    env: { ...ENVIRONMENT, ...env },
    timeout: limitMs,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const ended = child.then(({ exitCode, stdout, stderr, all }) => ({
    exitCode,
    stdout,
    stderr,
    all,
    leftovers: leftoversOf(child.pid ?? 0),
  }));
  return { child, ended };
}

/** Runs to its end. */
export async function kconform(args: readonly string[], settings: Settings = {}) {
  return startKconform(args, settings).ended;
}

/** Words before a command that give it mounts, or a network, of its own; it keeps the pid. */
function unshared({ mounts = 'true', network = true, user }: Apart): string[] {
  const root = process.getuid?.() === 0;
  const flags = [...(root ? [] : ['--map-root-user']), '--mount', ...(network ? [] : ['--net'])];
  const as = user === undefined ? '' : `setpriv --reuid ${user} --regid ${user} --clear-groups`;
  return ['unshare', ...flags, 'sh', '-c', `set -e; ${mounts}; exec ${as} "$@"`, 'sh'];
}

/** Why this machine cannot run kconform {@link Settings.apart}, or undefined. */
export async function cannotBeApart(): Promise<string | undefined> {
  const [file = '', ...words] = [...unshared({ mounts: 'mount -t tmpfs tmpfs /mnt', network: false }), 'true'];
  const { exitCode, stderr } = await execa(file, words, { reject: false });
  return exitCode === 0 ? undefined : `unshare(1) may not make namespaces here: ${stderr}`;
}

/** kconform on a pseudo-terminal of script(1), of 33 rows and 111 columns; `before` is a shell command on the same one. */
export function onTerminal(args: readonly string[], before = 'true') {
  const words = ['node', KCONFORM, ...args].map((word) => `'${word}'`).join(' ');
  const child = execa('script', ['-qefc', `stty rows 33 cols 111\n${before}\nexec ${words}`, '/dev/null'], {
    reject: false,
    all: true,
    stdin: 'pipe',
    env: { ...ENVIRONMENT, TERM: 'xterm', SHELL: '/bin/sh' },
    timeout: LIMIT_MS,
  });
  let shown = '';
  let look = () => {};
  child.all.on('data', (text: Buffer) => {
    shown += text;
    look();
  });
  return {
    type: (text: string) => void child.stdin.write(text),
    /** What the terminal has shown, once the pattern is in it. */
    until: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        look = () => {
          if (pattern.test(shown)) resolve(shown);
        };
        look();
        child.then(() => reject(new Error(`the terminal never showed ${pattern}: ${shown}`)));
      }),
    ended: child.then(({ exitCode }) => ({ exitCode, shown })),
  };
}

/** QEMU processes and run folders of a kconform that has ended. */
function leftoversOf(pid: number): string[] {
  const folder = `kconform-${pid}`;
  const ours = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && commandLine(entry).includes(`${folder}/`));
  const parents = [process.env.XDG_RUNTIME_DIR, process.env.TMPDIR, '/tmp'];
  const folders = parents.filter((parent) => parent !== undefined && existsSync(join(parent, folder)));
  return [...ours.map((entry) => `process ${entry}`), ...folders.map((parent) => `folder ${parent}/${folder}`)];
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
