import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { consoleLost, isFull } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import { ENVIRONMENT } from '../agent/commands.ts';
import { type Ending, endingOf, unpackingEnding } from '../ending.ts';
import { writeCpio } from '../initramfs/cpio.ts';
import { type Expiry, startLimit } from '../limits/limit.ts';
import { ProcessPause } from '../limits/process-pause.ts';
import { END_OF_SCENARIO } from '../limits/waiting.ts';
import { type Exit, startChild } from '../qemu/child.ts';
import { Console, lastRecord } from '../qemu/console.ts';
import type { MachineSpec } from '../qemu/machine.ts';
import { interruptedError, QEMU, startError } from '../qemu/qemu.ts';
import { newRunFolder } from '../qemu/run-folder.ts';
import { type Answers, readAnswers } from './answers.ts';
import { type Schedule, scheduleArguments } from './arguments.ts';
import { Monitor, type ScheduledDebugger } from './monitor.ts';

/** A shell command, and its standard input. */
export interface ScheduledCommand {
  readonly command: string;
  readonly input: Buffer;
}

/** What a machine with a schedule left. The same seed gives the same bytes. */
export interface ScheduledRun {
  /** What the guest printed before that. */
  readonly boot: string;
  /** What the guest printed since init began. */
  readonly console: string;
  /** undefined where the guest ended before the command did. */
  readonly answers: Answers | undefined;
  /** Why there are no answers. */
  readonly failure: KconformError | undefined;
}

/** A boot, on a loaded host; measured: 5 s of CPU time. */
const BOOT_MS = 120_000;
/** How much longer a second of the guest's clock may take on the host; measured: 4 to 8 times with short turns. */
const SLOWNESS = 40;
/** The same without turns that are forced: sleep costs nothing then, and a CPU is emulated at some hundred million instructions per second. */
const SLOWNESS_UNFORCED = 10;

/**
 * Boots a machine of its own, in which the command runs under the schedule, and waits for its end.
 * @throws KC_QEMU_MISSING, KC_QEMU_START, KC_DISK_FULL (host); KC_INTERRUPTED
 */
export async function runScheduled(
  spec: MachineSpec,
  { command, input }: ScheduledCommand,
  schedule: Schedule,
  { signal, debug }: { readonly signal: AbortSignal; readonly debug?: ScheduledDebugger | undefined },
): Promise<ScheduledRun> {
  const folder = newRunFolder();
  try {
    const files = { console: join(folder, 'console.log'), answers: join(folder, 'answers') };
    const archive = commandArchive(command, input);
    const path = join(folder, 'command.cpio');
    await writeFile(path, archive);
    const archives = [...(spec.archives ?? []), { path, size: archive.length, sha256: '' }];
    const args = scheduleArguments({ ...spec, archives }, schedule, files);
    const end = await runQemu(args, schedule, { folder, signal, debug });
    if (isFull(folder)) throw consoleLost(folder);
    const text = new Console(files.console).text();
    const started = /\bRun \/init as init process.*\n/.exec(text);
    const [boot, console] = started === null ? [text, text] : splitAt(text, started.index + started[0].length);
    const unpacking = unpackingEnding(boot);
    if (unpacking !== undefined) return { boot, console, answers: undefined, failure: errorOf(unpacking, text) };
    const answers = end.kind !== 'seen' && text !== '' ? readAnswers(await readFile(files.answers)) : undefined;
    if (answers === undefined) return { boot, console, answers, failure: failureOf(end, text) };
    // A kernel that panics during the restart, after the last answer, is broken too.
    const died =
      lastRecord(console)?.kind === 'panic' ? endingOf({ exit: undefined, shutdown: undefined, console }) : undefined;
    if (died !== undefined) return { boot, console, answers: undefined, failure: errorOf(died, text) };
    return { boot, console, answers, failure: undefined };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The kernel unpacks it behind the initramfs; images/guest/schedule.c runs it. */
function commandArchive(command: string, input: Buffer): Buffer {
  const script = [...ENVIRONMENT.map((variable) => `export ${variable}`), 'cd /root', command, ''].join('\n');
  return writeCpio([
    { name: 'kconform', mode: 0o040755 },
    { name: 'kconform/command', mode: 0o100644, data: Buffer.from(script) },
    { name: 'kconform/input', mode: 0o100644, data: input },
  ]);
}

type End =
  | { readonly kind: 'exit'; readonly exit: Exit }
  | { readonly kind: 'late'; readonly expiry: Expiry }
  | { readonly kind: 'seen' };

interface Running {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly debug: ScheduledDebugger | undefined;
}

async function runQemu(args: readonly string[], { seed, limitMs }: Schedule, running: Running): Promise<End> {
  const { folder, signal, debug } = running;
  if (signal.aborted) throw interruptedError('the end of the guest');
  await using monitor = debug === undefined ? undefined : await Monitor.listen(folder);
  const child = startChild(QEMU, [...args, ...(monitor?.arguments ?? [])]);
  const { pid = 0 } = child;
  const pause = new ProcessPause(pid);
  let stop = () => {};
  const late = new Promise<End>((resolve, reject) => {
    const hostMs = BOOT_MS + limitMs * (seed === 0 ? SLOWNESS_UNFORCED : SLOWNESS);
    const stopLimit = startLimit(hostMs, { pid, pause }, (expiry) => resolve({ kind: 'late', expiry }));
    const abort = () => reject(interruptedError('the end of the guest'));
    signal.addEventListener('abort', abort, { once: true });
    stop = () => {
      stopLimit();
      signal.removeEventListener('abort', abort);
    };
  });
  late.catch(() => undefined); // QEMU may have exited before
  try {
    const exited = child.exited.then((exit): End => ({ kind: 'exit', exit }));
    if (debug === undefined || monitor === undefined) return await Promise.race([exited, late]);
    const looked = monitor
      .serve(debug, pause)
      .then((isEnded): End | Promise<End> => (isEnded ? exited : { kind: 'seen' }));
    looked.catch(() => undefined); // QEMU may not have started
    return await Promise.race([exited, late, looked]);
  } finally {
    stop();
    pause.stop();
    await child.end();
  }
}

/** @param text the whole console */
function failureOf(end: End, text: string): KconformError {
  if (end.kind === 'seen')
    return new KconformError('the debugger ended the guest', { code: 'KC_DEBUGGED', blame: 'host' });
  const evidence = evidenceOf(text);
  if (end.kind === 'late') {
    // A guest that was halted never exits.
    const asked = endingOf({ exit: undefined, shutdown: undefined, console: text });
    if (asked.kind === 'asked')
      return new KconformError(asked.reason, { code: asked.code, blame: asked.blame, evidence });
    const { kind, afterMs } = end.expiry;
    const why = kind === 'silent' ? '' : kind === 'stopped' ? ': QEMU was stopped' : ': the host is too busy';
    return new KconformError(`the guest did not end within ${Math.round(afterMs / 1000)} s${why}`, {
      code: 'KC_SCHEDULE_LIMIT',
      blame: 'host',
      hint: 'give the scenario less to do, or --limit less time on the clock of the guest',
      evidence: { ...evidence, afterMs },
    });
  }
  if (text === '') return startError(end.exit);
  // Nothing but the guest ends a QEMU without a monitor with exit code 0 and without a word; it resets itself where it is not killed.
  const shutdown = end.exit.code === 0 ? 'guest-reset' : undefined;
  return errorOf(endingOf({ exit: end.exit, shutdown, console: text }), text);
}

function errorOf({ reason, code, blame, hint }: Ending, text: string): KconformError {
  return new KconformError(reason, {
    code,
    blame,
    ...(hint === undefined ? {} : { hint }),
    evidence: evidenceOf(text),
  });
}

function evidenceOf(text: string) {
  return { awaited: END_OF_SCENARIO, console: text.trimEnd().split('\n').slice(-30) };
}

function splitAt(text: string, place: number): [string, string] {
  return [text.slice(0, place), text.slice(place)];
}
