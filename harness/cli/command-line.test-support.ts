/** For tests of commands: kconform as a process of its own, with pipes or on a terminal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const KCONFORM = join(REPOSITORY, 'harness/cli/kconform.mjs');
const LIMIT_MS = 110_000;

interface Settings {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs to its end; `leftovers` names what it left running or lying about. */
export async function kconform(args: readonly string[], { input = '', cwd, env = {} }: Settings = {}) {
  const child = execa('node', [KCONFORM, ...args], {
    reject: false,
    all: true,
    input,
    env: { NO_COLOR: '1', CI: '', ...env },
    timeout: LIMIT_MS,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { exitCode, stdout, stderr, all } = await child;
  return { exitCode, stdout, stderr, all, leftovers: leftoversOf(child.pid ?? 0) };
}

/** kconform on a pseudo-terminal of script(1), of 33 rows and 111 columns; `before` is a shell command on the same one. */
export function onTerminal(args: readonly string[], before = 'true') {
  const words = ['node', KCONFORM, ...args].map((word) => `'${word}'`).join(' ');
  const child = execa('script', ['-qefc', `stty rows 33 cols 111\n${before}\nexec ${words}`, '/dev/null'], {
    reject: false,
    all: true,
    stdin: 'pipe',
    env: { NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh' },
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
