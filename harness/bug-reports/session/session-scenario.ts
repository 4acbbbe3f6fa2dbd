import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scenario } from '../../scenario/api/scenario.ts';
import type { ProgramScenario } from '../../scenario/forms/inputs.ts';
import { PROGRAM_FOLDER } from '../../scenario/programs/guest-files.ts';
import { packagesFor } from '../../scenario/programs/interpreters.ts';
import { obtainProgram } from '../../scenario/programs/obtain.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import { runInGuest } from '../../scenario/programs/run.ts';
import { compileSources } from '../../scenario/programs/sources.ts';
import { escapedText } from '../../scenario/results/escaped-text.ts';
import type { Command } from '../text/commands.ts';
import { packagesOf } from '../text/packages.ts';
import { isNeutral, judgeSession } from './judge-session.ts';
import { folderOf, needsBash, readSession, sessionScript, showSession } from './session-script.ts';

/** Commands, and the program that they start. */
export interface Session {
  readonly commands: readonly Command[];
  /** Its sources, and the paths under which the commands start it. */
  readonly program?: { readonly request: Program; readonly places: readonly string[] };
  readonly isSplatAsked: boolean;
}

/** A scenario that runs the commands of a report. @param folder takes the files that are made for it */
export async function sessionScenario(session: Session, folder: string): Promise<ProgramScenario> {
  const { commands, program, isSplatAsked } = session;
  const mark = `kconform-${randomBytes(8).toString('hex')}`;
  await writeFile(join(folder, 'session'), sessionScript(commands, mark), { mode: 0o755 });
  let obtained: ReturnType<typeof obtain> | undefined;
  const obtain = async () => {
    const compiled = program === undefined ? undefined : await compileSources(program.request, folder);
    if (compiled !== undefined) await writeFile(join(folder, 'built'), compiled.made, { mode: 0o755 });
    const files = (program?.places ?? []).map((place) => `built:${inGuest(place, folderOf(commands))}:755`);
    const { files: all } = await obtainProgram({ command: 'session', files }, folder);
    return { files: all, warnings: compiled?.warnings ?? '', with: compiled?.with };
  };
  const obtainOnce = () => {
    obtained ??= obtain();
    return obtained;
  };
  const run = scenario(async (context) => {
    const { files, warnings } = await obtainOnce();
    if (warnings !== '') context.onNotice?.(warnings);
    const { onOutput } = context;
    const quiet = { ...context, ...(onOutput && { onOutput: withoutMarks(mark, commands, onOutput) }) };
    const { output, exitCode, signal } = await runInGuest({ files, args: [], env: {}, workdir: '/' }, quiet);
    const runs = readSession(escapedText(output), commands, mark);
    const { status, reason } = judgeSession(runs, isSplatAsked);
    return {
      exitCode,
      signal,
      output: showSession(runs, isNeutral),
      status,
      ...(reason !== undefined && { reason }),
      problems: [],
      subtests: {},
    };
  });
  const bash = needsBash(commands) ? packagesFor('the commands of the report', 'bash') : [];
  const packages = [...bash, ...packagesOf(commands.map(({ text }) => text).join('\n'))];
  return {
    ...run,
    machine: packages.length === 0 ? {} : { packages },
    compile: async () => (await obtainOnce()).with,
  };
}

/** Where a path of a command leads in the guest. @param home the folder that the session begins in */
function inGuest(place: string, home: string): string {
  return place.replace(/^\.\//, `${home}/`).replace(/^~\//, home === PROGRAM_FOLDER ? '/root/' : `${home}/`);
}

/** Shows a command behind a prompt in place of the marks around it. */
function withoutMarks(
  mark: string,
  commands: readonly Command[],
  onOutput: (bytes: Buffer) => void,
): (bytes: Buffer) => void {
  let rest = '';
  let isEmptyHeld = false; // the marks begin a line of their own
  return (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    const shown: string[] = [];
    for (const line of lines) {
      const [, isEnd, number] = new RegExp(`^${mark} (=?)(\\d+)$`).exec(line) ?? [];
      if (isEmptyHeld && number === undefined) shown.push('');
      isEmptyHeld = line === '';
      if (number === undefined && line !== '') shown.push(line);
      if (number !== undefined && isEnd === '') shown.push(`# ${commands[Number(number)]?.text ?? ''}`);
    }
    if (shown.length > 0) onOutput(Buffer.from(shown.map((line) => `${line}\n`).join(''), 'latin1'));
  };
}
