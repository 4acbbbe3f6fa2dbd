import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { KconformError } from '../../errors.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { type ProgramOutcome, runProgram, runsForMs } from './program.ts';

const FOLDER = '/run/kconform';

/** Words of the guest's shell for what is wrong with a script, whatever the kernel does; each with the status it ends with. */
const BROKEN: readonly { readonly status: number; readonly words: RegExp; readonly hint: string }[] = [
  {
    status: 2,
    words: /: line \d+: \S+: parameter not set$/,
    hint: 'scripts run under set -u: give every variable a value',
  },
  { status: 2, words: /: line \d+: syntax error: .*$/, hint: "the guest's shell is busybox ash: no bash constructs" },
  { status: 127, words: /: line \d+: \S+: not found$/, hint: 'the guest has the programs of busybox, and observe' },
  {
    status: 125,
    words: /^observe: .*$/,
    hint: 'observe NAME VALUE, observe NAME --json VALUE, or COMMAND | observe NAME',
  },
];

/**
 * A scenario in shell: `sh -eu` in the guest. `observe NAME VALUE` records text, `observe NAME --json VALUE` JSON, and
 * `COMMAND | observe NAME` what a command prints. Its exit code and its output are observations too.
 * @throws KC_SCRIPT_BROKEN (case), when it is run, for a variable without a value, a syntax error, a program that there is not
 */
export async function shellScenario(file: string): Promise<Scenario> {
  const text = await readFile(file);
  const path = `${FOLDER}/${basename(file).replaceAll(/[^\w.-]/g, '_')}`;
  return scenario(async (context) => {
    const program = {
      path,
      bytes: text,
      command: ['/bin/sh', '-eu', path],
      runsForMs: runsForMs(text.toString('latin1')),
    };
    const { outcome, observed } = await runProgram(program, context);
    const broken = brokenBy(outcome);
    if (broken !== undefined) throw broken;
    return { ...observed, ...outcome };
  });
}

function brokenBy({ exitCode, output }: ProgramOutcome): KconformError | undefined {
  const last = output.split('\n').at(-1) ?? '';
  const found = BROKEN.find(({ status, words }) => status === exitCode && words.test(last));
  if (found === undefined) return undefined;
  return new KconformError(`the script is broken: ${last.replace(`${FOLDER}/`, '')}`, {
    code: 'KC_SCRIPT_BROKEN',
    blame: 'case',
    hint: found.hint,
    evidence: { output: output.slice(-4000) },
  });
}
