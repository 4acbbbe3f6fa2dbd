import { appendFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import { buildEnvironment } from '../../scenario/programs/build-environment.ts';
import { hostFailure } from './host-failure.ts';

/** A tree that selftests are made in. */
export interface Workshop {
  /** A copy of the source. */
  readonly tree: string;
  /** Takes all that make prints. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
}

export interface MakeResult {
  readonly succeeded: boolean;
  readonly output: string;
}

/**
 * Runs make; what fails is in its output.
 * @throws KC_INTERRUPTED, KC_TOOL_MISSING; KC_DISK_FULL or KC_HOST_LIMIT (host) if the host ran out of space or memory
 */
export async function make({ tree, log, signal }: Workshop, args: readonly string[]): Promise<MakeResult> {
  // A group of its own, as in kernels/build/compile.ts. Flags of the caller's environment would give other programs.
  const words = ['--pdeathsig', 'TERM', 'nice', 'make', `-j${availableParallelism()}`, '-C', tree, ...args];
  const result = await execa('setpriv', words, {
    all: true,
    reject: false,
    extendEnv: false,
    env: { ...buildEnvironment(), TMPDIR: tmpdir() },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal?.aborted) {
    throw new KconformError('interrupted while tests were built', { code: 'KC_INTERRUPTED', blame: 'host' });
  }
  if (result.code === 'ENOENT') {
    throw new KconformError('setpriv is not installed', {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: 'apt-get install util-linux',
    });
  }
  const output = result.all ?? '';
  // Also if make succeeds, because `make -i install` always does. Before the log is written, because the log is on the same disk.
  const failure = hostFailure(result.signal === undefined ? output : `${output}\nmake: Killed`);
  if (failure !== undefined) throw failure;
  await appendFile(log, `$ make ${args.join(' ')}\n${output}\n`);
  return { succeeded: result.exitCode === 0, output };
}
