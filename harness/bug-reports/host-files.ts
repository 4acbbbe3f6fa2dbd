import { reportError } from './report-error.ts';

/** How a source in C brings a file of the host into the program. */
const READS: readonly RegExp[] = [
  /\.incbin\b/,
  /^\s*(?:#|%:|\?\?=)\s*embed\b/m,
  /^\s*(?:#|%:|\?\?=)\s*include\s*[<"](?:\/|[^>"\n]*\.\.\/)/m,
  // A name in place of a file; glibc and the kernel need none.
  /^\s*(?:#|%:|\?\?=)\s*include\s*[A-Za-z_(]/m,
  /\bIncludes?\s*:\s*"\//,
];

/**
 * Refuses a source of a report that reads files of the host while it is compiled; compiling is all that is done with it here.
 * @param isInTree it may include headers above it: those of the selftests
 * @throws KC_REPORT (case)
 */
export function refuseHostFiles(source: string, where: string, isInTree = false): void {
  const joined = source.replaceAll(/\\\r?\n/g, '');
  const found = READS.map((pattern) => pattern.exec(joined)?.[0].trim()).find(
    (text) => text !== undefined && !(isInTree && isAbove(text)),
  );
  if (found === undefined) return;
  throw reportError(
    `the program (${where}) reads a file of this machine while it is compiled: ${found}`,
    'read it; to run it all the same, save it as a file: npx kconform repro FILE.c',
  );
}

/** `#include "../kselftest.h"`, and no more than the depth of the deepest folder of the selftests. */
function isAbove(text: string): boolean {
  return /include\s*"(?:\.\.\/){1,3}(?!\.\.)/.test(text);
}

/** Comments `kconform: …` of a mail do not change the machine: one can name files and disks of this machine. */
export function withoutWishes(source: string): string {
  return source.replaceAll(/kconform:(?! ends after \d+ s\b)/g, 'kconform :');
}
