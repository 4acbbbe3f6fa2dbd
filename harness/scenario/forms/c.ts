import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { KconformError } from '../../errors.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { runProgram, runsForMs } from './program.ts';

const HEADERS = fileURLToPath(new URL('../c', import.meta.url));
const PATH_IN_GUEST = '/run/kconform/scenario';

/**
 * A scenario in C: compiled on this machine, static and with warnings, when it is first run; `observe("name", value)` of
 * kconform.h records observations. Its exit code, its signal and its output are observations too, so that a reproducer needs
 * no change.
 * @throws KC_C_NOT_COMPILED (case), when it is run, in the compiler's words; KC_TOOL_MISSING (host)
 */
export async function cScenario(file: string): Promise<Scenario> {
  const source = await readFile(file, 'latin1');
  let compiled: Promise<Compiled> | undefined;
  return scenario(async (context) => {
    compiled ??= compile(resolve(file));
    const { bytes, warnings } = await compiled;
    if (warnings !== '') context.onNotice?.(warnings);
    const program = { path: PATH_IN_GUEST, bytes, command: [PATH_IN_GUEST], runsForMs: runsForMs(source) };
    const { outcome, observed } = await runProgram(program, context);
    return { ...observed, ...outcome };
  });
}

interface Compiled {
  readonly bytes: Buffer;
  /** What the compiler said although it compiled. */
  readonly warnings: string;
}

/** The options that reproducers are written for, as syzkaller gives them, and warnings. */
async function compile(file: string): Promise<Compiled> {
  const scratch = await mkdtemp(join(tmpdir(), 'kconform-c-'));
  try {
    const output = join(scratch, 'scenario');
    const options = ['-static', '-pthread', '-O1', '-s', '-Wall', '-Wextra', '-Wno-unused-parameter', '-I', HEADERS];
    const result = await execa('cc', [...options, '-o', output, file], {
      cwd: dirname(file),
      reject: false,
      all: true,
    });
    if (result.exitCode === undefined) throw missing('there is no C compiler: cc', 'gcc libc6-dev');
    if (result.exitCode === 0) return { bytes: await readFile(output), warnings: result.all };
    if (/cannot find -l(c|pthread)\b/.test(result.all)) throw missing('there is no static C library', 'libc6-dev');
    throw new KconformError(`${file} does not compile: ${firstError(result.all)}`, {
      code: 'KC_C_NOT_COMPILED',
      blame: 'case',
      evidence: { output: result.all },
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function firstError(said: string): string {
  const line = said.split('\n').find((candidate) => /\b(error|undefined reference)\b/.test(candidate)) ?? said;
  return line.replace(/^\S*\/(?=[^/\s]+:\d+)/, '').trim();
}

function missing(what: string, packages: string): KconformError {
  return new KconformError(what, { code: 'KC_TOOL_MISSING', blame: 'host', hint: `apt-get install ${packages}` });
}
