import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { KconformError } from '../errors/error.ts';
import { printError } from '../report/text/error.ts';
import { endWith, isUnderWay } from './interruption.ts';

/** 128 + SIGPIPE, as of any program whose reader has gone (`kconform kernels | head`). */
const READER_GONE = 141;
const DESCRIPTORS = [0, 1, 2] as const;

/**
 * Lets a run outlive its output. A closed terminal (EIO) is written to no more and the run goes on; where the reader of a pipe
 * has gone (EPIPE), or nothing can be written for another reason, the run ends in order, with its results and reports.
 * @param fault the exit code for what is no verdict
 */
export function guardStandardOutput(fault: number): void {
  let failed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed) return; // what is written later fails as well
    failed = true;
    if (error.code === 'EIO' && isUnderWay()) return;
    if (error.code === 'EIO' || error.code === 'EPIPE') return endWith(READER_GONE);
    const own = { code: 'KC_STDOUT', blame: 'host', hint: 'send it to a file or device with free space' } as const;
    process.stderr.write(printError(new KconformError(`cannot write to standard output: ${error.message}`, own)));
    if (!isUnderWay()) process.exit(fault);
    endWith(fault);
  });
  // There is no other place to say it.
  process.stderr.on('error', () => undefined);
  leaveClosedTerminals();
}

/** At its exit node sets the terminals as it found them, and aborts when one is closed (ResetStdio); not where it finds another file. */
function leaveClosedTerminals(): void {
  const terminals = DESCRIPTORS.filter((descriptor) => isatty(descriptor));
  process.on('exit', () => {
    for (const descriptor of terminals) {
      if (isatty(descriptor)) continue;
      closeSync(descriptor);
      openSync('/dev/null', 'r+'); // takes the lowest number that is free: this one
    }
  });
}
