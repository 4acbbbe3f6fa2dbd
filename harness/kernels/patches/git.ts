import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';

/** Nothing of the user's configuration (whitespace rules, hooks, line endings) changes what a patch does. */
const OWN_SETTINGS = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
  // Set where kconform runs in a hook or under git bisect run.
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
};

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  readonly cwd: string;
  readonly input?: Buffer;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs git with kconform's own settings.
 * @throws KC_TOOL_MISSING (host) without git, KC_INTERRUPTED
 */
export async function git(args: readonly string[], { cwd, input, signal, env = {} }: GitOptions): Promise<GitResult> {
  const result = await execa('git', args, {
    cwd,
    env: { ...OWN_SETTINGS, ...env },
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal?.aborted) throw new KconformError('interrupted while git ran', { code: 'KC_INTERRUPTED', blame: 'host' });
  if (result.exitCode === undefined) {
    throw new KconformError('git not found: needed to read and apply patches', {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: 'apt-get install git',
      cause: result.cause,
    });
  }
  return { exitCode: result.exitCode, stdout: String(result.stdout), stderr: String(result.stderr) };
}
