import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import * as z from 'zod';
import { KconformError } from '../../errors/error.ts';

export interface Compilation {
  readonly tree: string;
  /** make's O= folder. */
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((message: string) => void) | undefined;
}

/** Steps that make prints in the first build of a profile, roughly; later ones know from the last. */
const USUAL_STEPS = 2_000;
/** More than an edit leads to. */
const A_FEW_STEPS = 500;
const TELL_EVERY_MS = 2_000;
/** `steps` of the longest build that came to its end; `begun`: steps of interrupted ones since, which the next need not make. */
const Memo = z.object({ steps: z.number().default(USUAL_STEPS), begun: z.number().default(0) });

/** The same object code for the same source: no time, user or host in it (Documentation/kbuild/reproducible-builds.rst). */
const REPRODUCIBLE = {
  KBUILD_BUILD_TIMESTAMP: '@0',
  KBUILD_BUILD_USER: 'kconform',
  KBUILD_BUILD_HOST: 'kconform',
  KBUILD_BUILD_VERSION: '1',
  LOCALVERSION: '',
};

/**
 * Runs make quietly for configuration.
 * @throws KC_BUILD with what it said
 */
export async function configure(
  compilation: Compilation,
  target: string,
  env: Record<string, string> = {},
): Promise<void> {
  await make(compilation, ['-s', target], env);
}

/**
 * Builds a target with as many jobs as there are CPUs; the whole output is in `build.log` in the output folder. What an interrupted
 * build has made is used by the next.
 * @returns milliseconds it took
 * @throws KC_BUILD (case) with the compiler's errors, KC_TOOL_MISSING, KC_DISK_FULL (host), KC_INTERRUPTED
 */
export async function compile(compilation: Compilation, targets: readonly string[], label: string): Promise<number> {
  const startedAt = performance.now();
  const file = join(compilation.output, 'last-build.json');
  const memo = await readFile(file, 'utf8').then(
    (text) => Memo.parse(JSON.parse(text)),
    () => Memo.parse({}),
  );
  let steps = 0;
  let toldAt = startedAt;
  const onLine = (line: string) => {
    if (!/^ {2}[A-Z][\w.]* +(\[M\] +)?\S/.test(line)) return;
    steps++;
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    compilation.progress?.(`building ${label}: ${estimate(steps, now - startedAt, memo.steps - memo.begun)}`);
  };
  const keep = (now: z.infer<typeof Memo>) => writeFile(file, JSON.stringify(now));
  try {
    await make(compilation, [`-j${availableParallelism()}`, ...targets], {}, onLine);
  } catch (error) {
    await keep({ ...memo, begun: memo.begun + steps }).catch(() => undefined); // a full disk: told by what make said
    throw error;
  }
  // A rebuild after an edit says nothing of a whole one.
  const made = memo.begun + steps;
  await keep({ steps: made > A_FEW_STEPS ? made : memo.steps, begun: 0 });
  return Math.round(performance.now() - startedAt);
}

/** `1200 of about 2500 steps, about 4 min left`; no guess once there are more steps than foreseen, or before it means something. */
export function estimate(steps: number, ms: number, expected: number): string {
  if (steps >= expected) return `${steps} steps`;
  const left = (ms / steps) * (expected - steps);
  const time = left < 90_000 ? `${Math.ceil(left / 1000)} s` : `${Math.ceil(left / 60_000)} min`;
  return `${steps} of about ${expected} steps${steps < 50 ? '' : `, about ${time} left`}`;
}

async function make(
  { tree, output, signal }: Compilation,
  args: readonly string[],
  env: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  const log = createWriteStream(join(output, 'build.log'), { flags: 'a' });
  const errors: string[] = [];
  // A group of its own: an interruption ends the compilers with make, and setpriv ends make with us.
  const child = execa('setpriv', ['--pdeathsig', 'TERM', 'nice', 'make', '-C', tree, `O=${output}`, ...args], {
    env: { ...REPRODUCIBLE, LC_ALL: 'C', ...env },
    reject: false,
    buffer: false,
    all: true,
    stdin: 'ignore',
    detached: true,
  });
  const end = () => endGroup(child.pid);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  try {
    for await (const line of createInterface({ input: child.all })) {
      log.write(`${line}\n`);
      if (/error:|Error \d|No rule to make|undefined reference|No space left|command not found|not found$/i.test(line))
        errors.push(line);
      onLine(line);
    }
    const result = await child;
    if (signal?.aborted)
      throw new KconformError('interrupted while building', { code: 'KC_INTERRUPTED', blame: 'host' });
    if (result.exitCode !== 0) throw buildError(errors, join(output, 'build.log'), result.exitCode);
  } finally {
    signal?.removeEventListener('abort', end);
    await new Promise((resolve) => log.end(resolve));
  }
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function buildError(errors: readonly string[], log: string, exitCode: number | undefined): KconformError {
  const output = errors.slice(0, 30).join('\n');
  const evidence = { output, log };
  if (/No space left/.test(output)) {
    const hint = 'free some space, or set XDG_CACHE_HOME to a folder on another disk';
    return new KconformError('the disk is full: the kernel could not be built', {
      code: 'KC_DISK_FULL',
      blame: 'host',
      hint,
      evidence,
    });
  }
  if (exitCode === undefined || /(flex|bison|bc|pahole|gcc|ld|perl|python3?|make): (command )?not found/.test(output)) {
    const hint = 'run bash ci/setup to install it';
    return new KconformError('a program that is needed to build kernels is missing', {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint,
      evidence,
    });
  }
  const first = errors.find((line) => /error:/.test(line)) ?? errors[0] ?? `make ended with exit code ${exitCode}`;
  return new KconformError(`the kernel does not build: ${first}`, {
    code: 'KC_BUILD',
    blame: 'case',
    hint: 'see the log for the whole output',
    evidence,
  });
}
