import type { ErrnoResult, FileFacts, GuestProcess } from 'kconform';

/** What `shown` picks of a file's facts, or the error of stat(2): a file may be missing because the kernel is wrong. */
export async function statShown<T>(
  process: GuestProcess,
  path: string,
  shown: (facts: FileFacts) => T,
): Promise<T | ErrnoResult['errno']> {
  const { facts, errno } = await process.stat(path);
  return facts === null ? errno : shown(facts);
}

/** Longer than every file that a case reads: a file that is longer has no end, which is a fault of the kernel. */
const LONGEST_TEXT = 16_384;

/** The content of a file; the error where the kernel refuses, and a note where no end is found. */
export async function textShown(process: GuestProcess, path: string): Promise<string> {
  const opened = await process.open(path);
  if (opened.errno !== null) return `open: ${opened.errno}`;
  await using file = opened.fd;
  let text = '';
  while (text.length <= LONGEST_TEXT) {
    const { errno, bytes } = await process.read(file);
    if (errno !== null) return `read: ${errno}`;
    if (bytes.length === 0) return text;
    text += bytes.toString('latin1');
  }
  return `${text.slice(0, 200)}… and no end`;
}
