import { type Command, InvalidArgumentError, Option } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { needGdb } from '../../guest/debug/backtraces.ts';
import { checkDumpFile } from '../../guest/debug/dump.ts';

/** How a command lets a person look into a guest; docs/debugging.md explains it. */
export interface DebugOptions {
  readonly gdb?: true;
  /** `splat`, `panic`, `end`, or a function of the kernel. */
  readonly stopAt?: string;
  /** A path. */
  readonly dump?: string;
  readonly backtraces?: true;
}

/** Adds the options that stop a guest and look into it. */
export function debugOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--gdb',
        'serve gdb and print the command to attach; without --stop-at, the guest waits for it before the scenario begins',
      ),
    )
    .addOption(
      new Option(
        '--stop-at <place>',
        'stop the guest there, and wait for gdb or a key: splat, panic, end (of the scenario), or a function of the kernel',
      ).argParser(place),
    )
    .addOption(
      new Option(
        '--dump <file>',
        "write the guest's memory to this file when it stops or the run ends, for crash and drgn",
      ),
    )
    .addOption(
      new Option(
        '--backtraces',
        'print backtraces of all vCPUs and tasks when the guest stops or the run ends (needs gdb)',
      ),
    );
}

function place(text: string): string {
  if (/^[A-Za-z_][\w.]*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be splat, panic, end, or the name of a function.');
}

/** Whether a guest is looked into: such a run gives no verdict once it was stopped. */
export function isDebugged({ gdb, stopAt, dump, backtraces }: DebugOptions): boolean {
  return gdb === true || stopAt !== undefined || dump !== undefined || backtraces === true;
}

/**
 * Checks before anything is run that one guest is looked into, and that a dump can be written.
 * @throws KC_DEBUG_ONE, KC_DUMP, KC_TOOL_MISSING (host)
 */
export async function needOneGuest(
  options: DebugOptions & { readonly jobs: number; readonly repeat: number },
  kernels: number,
): Promise<void> {
  if (!isDebugged(options)) return;
  needOne('kernels', kernels);
  needOne('guests at once', options.jobs);
  // Of many runs, the first that gets there is looked into.
  if (options.stopAt === undefined) needOne('runs', options.repeat);
  await checkTools(options);
}

/** @throws KC_DUMP, KC_TOOL_MISSING (host) */
export async function checkTools({ dump, backtraces }: DebugOptions): Promise<void> {
  if (dump !== undefined) await checkDumpFile(dump);
  if (backtraces === true) await needGdb();
}

/** @throws KC_DEBUG_ONE (host) where more than one guest would be looked into */
export function needOne(what: string, count: number): void {
  if (count === 1) return;
  throw new KconformError(`--gdb, --stop-at, --dump and --backtraces look into one guest; this is ${count} ${what}`, {
    code: 'KC_DEBUG_ONE',
    blame: 'host',
    hint: 'name one case and one kernel, without --jobs',
  });
}
