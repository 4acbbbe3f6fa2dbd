import { readFileSync } from 'node:fs';

/** What a shell expects of a process that was interrupted (128 + SIGINT). */
const INTERRUPTED = 130;
/** Bit of SIGHUP in the masks of /proc/PID/status (proc(5)). */
const SIGHUP_BIT = 1n;

let underWay: ((code: number) => void) | undefined;

/**
 * Runs `body` with a signal that Ctrl-C, SIGTERM and SIGHUP raise: it then ends in order and its results stand. A second one
 * ends the process at once; guests die with it in either case. A SIGHUP that is ignored (nohup) stays ignored.
 * @returns the exit code
 */
export async function withInterruption(body: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  let interruptedCode = INTERRUPTED;
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nkconform: interrupted; stopping guests (press again to stop at once)\n');
    controller.abort();
  };
  underWay = (code) => {
    if (controller.signal.aborted) return;
    interruptedCode = code;
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', ...(ignoresHangup() ? [] : (['SIGHUP'] as const))] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    const code = await body(controller.signal);
    return controller.signal.aborted ? interruptedCode : code;
  } catch (error) {
    if (controller.signal.aborted) return interruptedCode;
    throw error;
  } finally {
    underWay = undefined;
    for (const name of signals) process.off(name, interrupt);
  }
}

/** Whether a run is under way, which has results to write. */
export function isUnderWay(): boolean {
  return underWay !== undefined;
}

/** Ends what is under way in order, and the process with that exit code; at once where nothing is under way. */
export function endWith(code: number): void {
  if (underWay === undefined) process.exit(process.exitCode ?? code);
  underWay(code);
}

/** A handler of ours would undo what nohup(1) has done. */
function ignoresHangup(): boolean {
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n;
}
