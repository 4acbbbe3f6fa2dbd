import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import { machineInComments } from '../../machine/words.ts';
import { scenario } from '../api/scenario.ts';
import { type CommandContext, hashInputs, type ProgramScenario } from './inputs.ts';
import { type ProgramOutcome, runProgram, runsForMs } from './program.ts';

const FOLDER = '/run/kconform';

const PROGRAMS =
  'the guest has the programs of busybox, and observe; # kconform: package NAME brings those of a Debian package';

/** Messages of the guest's shell for a faulty script, which do not depend on the kernel; each with the exit code. */
const BROKEN: readonly { readonly status: number; readonly words: RegExp; readonly hint: string }[] = [
  {
    status: 2,
    words: /: line \d+: \S+: parameter not set$/,
    hint: 'scripts run under set -u: give every variable a value',
  },
  { status: 2, words: /: line \d+: syntax error: .*$/, hint: "the guest's shell is busybox ash: no bash constructs" },
  { status: 127, words: /: line \d+: \S+: not found$/, hint: PROGRAMS },
  {
    status: 125,
    words: /^observe: .*$/,
    hint: 'observe NAME VALUE, observe NAME --json VALUE, or COMMAND | observe NAME',
  },
];

/**
 * A scenario in shell: `sh -eu` in the guest. `observe NAME VALUE` records text, `observe NAME --json VALUE` JSON, and
 * `COMMAND | observe NAME` what a command prints. Its exit code and its output are observations too.
 * @throws KC_SCRIPT_BROKEN (case): at once for line ends or a mark of other systems; when it is run, for a variable without a value, a syntax error, a program that there is not
 */
export async function shellScenario(file: string): Promise<ProgramScenario> {
  const text = await readFile(file);
  refuseForeignText(file, text);
  const path = `${FOLDER}/${basename(file).replaceAll(/[^\w.-]/g, '_')}`;
  const machine = machineInComments(text.toString('latin1'), file);
  const runs = runsForMs(text.toString('latin1'));
  const runCommand = async (context: CommandContext) => {
    const program = { path, bytes: text, command: ['/bin/sh', '-eu', path], runsForMs: runs };
    const { outcome, observed } = await runProgram(program, context);
    const broken = brokenBy(outcome, path);
    if (broken !== undefined) throw broken;
    return { ...observed, ...outcome };
  };
  // The text that was read is the one that runs, whatever becomes of the file.
  return {
    ...scenario(runCommand),
    runCommand,
    runsForMs: runs,
    machine,
    inputs: async () => hashInputs([path, text.toString('base64')]),
  };
}

/** The shell of the guest takes a carriage return, and what editors of other systems put before the text, for part of a word. */
function refuseForeignText(file: string, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  const quoted = `'${file.replaceAll("'", "'\\''")}'`;
  if (/^(\xff\xfe|\xfe\xff)/.test(text)) {
    throw foreignText(`${file} is UTF-16 text`, `save it as UTF-8: iconv -f UTF-16 -t UTF-8 ${quoted}`);
  }
  if (text.startsWith('\xef\xbb\xbf')) {
    throw foreignText(
      `${file} begins with a byte order mark`,
      `save it without: sed -i '1s/^\\xef\\xbb\\xbf//' ${quoted}`,
    );
  }
  const line = text.split('\n').findIndex((one) => one.endsWith('\r')) + 1;
  if (line > 0) {
    throw foreignText(
      `${file} has a line end of DOS and Windows (CR LF) in line ${line}`,
      `save it with line ends of Unix (LF): sed -i 's/\\r$//' ${quoted}`,
    );
  }
}

function foreignText(what: string, hint: string): KconformError {
  return new KconformError(what, { code: 'KC_SCRIPT_BROKEN', blame: 'case', hint });
}

/** Also where the shell went on: in a background job, or before `||`. */
function brokenBy({ exitCode, output }: ProgramOutcome, path: string): KconformError | undefined {
  const lines = output.split('\n');
  const last = lines.at(-1) ?? '';
  const found = BROKEN.find(({ status, words }) => status === exitCode && words.test(last));
  if (found !== undefined) return scriptBroken(last, found.hint, output);
  const missing = lines.find(
    (line) => line.startsWith(`${path}: line `) && /^\S+ line \d+: \S+: not found$/.test(line),
  );
  const hint = `${PROGRAMS}; where a program may be missing, ask: command -v NAME >/dev/null`;
  return missing === undefined ? undefined : scriptBroken(missing, hint, output);
}

function scriptBroken(line: string, hint: string, output: string): KconformError {
  return new KconformError(`the script is broken: ${line.replace(`${FOLDER}/`, '')}`, {
    code: 'KC_SCRIPT_BROKEN',
    blame: 'case',
    hint,
    evidence: { output: output.slice(-4000) },
  });
}
