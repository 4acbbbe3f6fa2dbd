import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import * as z from 'zod';

/**
 * What tells a file from one that was damaged or changed since. `changed` is the time of the last change of the inode in
 * nanoseconds, which unlike that of the last modification nobody can set back.
 */
export const FileFacts = z.object({ size: z.number(), changed: z.string(), sha256: z.string() });
export type FileFacts = z.infer<typeof FileFacts>;

export async function describeFile(path: string): Promise<FileFacts> {
  return { ...(await sizeAndChange(path)), sha256: await hashOf(path) };
}

/**
 * The facts as they are now; undefined when the file is not there or its bytes are others. Its bytes are read again only when
 * somebody has touched the file.
 */
export async function sameFile(path: string, known: FileFacts | undefined): Promise<FileFacts | undefined> {
  const now = await sizeAndChange(path).catch(() => undefined);
  if (known === undefined || now?.size !== known.size) return undefined;
  if (now.changed === known.changed) return known;
  return (await hashOf(path)) === known.sha256 ? { ...known, changed: now.changed } : undefined;
}

/** SHA-256 of a file, hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  const hash = createHash('sha256');
  for await (const part of file.createReadStream({ highWaterMark: 1 << 20 })) hash.update(part);
  return hash.digest('hex');
}

async function sizeAndChange(path: string): Promise<Pick<FileFacts, 'size' | 'changed'>> {
  const { size, ctimeNs } = await stat(path, { bigint: true });
  return { size: Number(size), changed: String(ctimeNs) };
}
