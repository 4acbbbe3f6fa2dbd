import { createHash } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import type * as z from 'zod';
import { publishFile } from './folder.ts';

/**
 * Replaces a file of the cache by a value that {@link readSealed} gives back, or nothing: the first line of the file is the SHA-256 of
 * the rest, and of the name that the value is kept under.
 * @param name what the value belongs to; a file that was copied to another path is not read there
 * @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL
 */
export async function writeSealed(path: string, name: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  await publishFile(path, (to) => writeFile(to, `${seal(name, text)}\n${text}`, { mode: 0o600 }));
}

/**
 * The value in such a file; undefined where there is none, where a byte of it is another one than was written, where it has another
 * shape, and where others than this user can write to it.
 */
export async function readSealed<T>(path: string, name: string, shape: z.ZodType<T>): Promise<T | undefined> {
  try {
    await using file = await open(path, 'r');
    const { uid, mode } = await file.stat();
    if (uid !== process.getuid?.() || (mode & WRITABLE_BY_OTHERS) !== 0) return undefined;
    const whole = await file.readFile('utf8');
    const end = whole.indexOf('\n');
    const text = whole.slice(end + 1);
    if (whole.slice(0, end) !== seal(name, text)) return undefined;
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not there, or not to be read: what it would have told is found out again
  }
}

const WRITABLE_BY_OTHERS = 0o022;

function seal(name: string, text: string): string {
  return createHash('sha256').update(`${name}\0${text}`).digest('hex');
}
