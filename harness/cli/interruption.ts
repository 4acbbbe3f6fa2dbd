/** What a shell expects of a process that was interrupted (128 + SIGINT). */
const INTERRUPTED = 130;

/**
 * Runs `body` with a signal that Ctrl-C, SIGTERM and SIGHUP raise: it then ends in order and its results stand. A second one
 * ends the process at once; guests die with it in either case.
 * @returns the exit code
 */
export async function withInterruption(body: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nkconform: interrupted; ending guests (once more to stop at once)\n');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    const code = await body(controller.signal);
    return controller.signal.aborted ? INTERRUPTED : code;
  } catch (error) {
    if (controller.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
