import { KconformError } from '../../errors/error.ts';
import { signalName } from '../../guest/agent/signals.ts';
import { quote } from '../api/guest.ts';
import type { ScenarioContext } from '../api/scenario.ts';
import { readRecords } from '../forms/records.ts';
import { programError } from './faults.ts';
import type { GuestFiles } from './guest-files.ts';
import { NOT_STARTED_HINT, startFailure } from './start-failure.ts';

/** How a program is run in the guest. */
export interface ProgramCommand {
  readonly files: GuestFiles;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory in the guest. */
  readonly workdir: string;
}

/** What a program printed, on both streams, and how it ended. */
export interface ProgramRun {
  readonly output: Buffer;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A week, longer than any scenario: the runner's own limit comes first, and says so. */
const NO_LIMIT_MS = 7 * 86_400_000;

/** Exit statuses of the command around the program, each with what is wrong. The program's own status is in its records. */
const FAILURES: Readonly<Record<number, { readonly what: string; readonly hint: string }>> = {
  120: { what: 'the program cannot be put into the guest', hint: 'it may need more memory: --memory 512M' },
  121: { what: 'the working directory cannot be entered', hint: 'name a folder of the guest: workdir' },
  122: {
    what: 'the packages of this guest have an older C library than the program needs',
    hint: 'link it statically (flags: -static), or leave the packages out',
  },
};

/**
 * Puts a program into the guest and runs it there to its end, under its own name, in a session of its own, without standard input.
 * @throws KC_PROGRAM (case) where it cannot be started; KC_OUTPUT_TOO_LARGE (case)
 */
export async function runInGuest(
  command: ProgramCommand,
  { guest, signal, onOutput }: ScenarioContext,
): Promise<ProgramRun> {
  const { stdout, stderr, exitCode } = await guest.exec(commandLine(command), {
    stdin: command.files.archive,
    signal,
    ...(onOutput === undefined ? {} : { onStdout: onOutput }),
  });
  const failure = FAILURES[exitCode ?? 0];
  if (failure !== undefined) {
    const said = stderr.toString('utf8').trim();
    throw programError(`${failure.what}${said === '' ? '' : `: ${said}`}`, failure.hint);
  }
  const { how, number } = readRecords(stderr).end;
  if (how === 'limit')
    throw new KconformError('internal error: a program has a limit', { code: 'KC_INTERNAL', blame: 'harness' });
  const reason = how === 'exit' ? startFailure(stdout, { exitCode: number }) : undefined;
  if (reason !== undefined) throw programError(`the program did not start in the guest: ${reason}`, NOT_STARTED_HINT);
  return how === 'exit'
    ? { output: stdout, exitCode: number, signal: null }
    : { output: stdout, exitCode: null, signal: signalName(number) };
}

function commandLine({ files, args, env, workdir }: ProgramCommand): string {
  const lines = ['said=$(cd / && cpio -idmu 2>&1) || { echo "$said" >&2; exit 120; }'];
  for (const { from, to } of files.libraries) {
    const folder = to.replace(/\/[^/]*$/, '');
    lines.push(`[ -e ${quote(to)} ] || { mkdir -p ${quote(folder)} && mv ${quote(from)} ${quote(to)}; } || exit 120`);
  }
  lines.push(...libcCheck(files));
  for (const [name, value] of Object.entries(env)) lines.push(`export ${name}=${quote(value)}`);
  lines.push(`cd ${quote(workdir)} || exit 121`);
  lines.push(`exec scenario ${NO_LIMIT_MS} -- ${quote([files.path, ...args])}`);
  return lines.join('\n');
}

/** A guest with packages (/lib is a link there) has their C library, in which the versions that it has are written as text. */
function libcCheck({ libc }: GuestFiles): string[] {
  if (libc?.version === undefined) return [];
  const version = `GLIBC_${libc.version.replaceAll('.', '\\.')}`;
  return [`[ ! -L /lib ] || grep -q '${version}' ${quote(libc.path)} || exit 122`];
}
