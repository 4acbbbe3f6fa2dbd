import { readFile } from 'node:fs/promises';
import type { PatchFacts } from '../../evidence/mail/tested-mail.ts';
import { readPatches } from '../../kernels/patches/read-patches.ts';

/** How much of a file its head can be. */
const HEAD_BYTES = 64 * 1024;

/**
 * What a reply to a patch needs of it.
 * @param file the patch or the mail with it; true where none is named
 * @throws as readPatches
 */
export async function mailPatchFacts(file: true | string, signal: AbortSignal): Promise<PatchFacts> {
  if (file === true) return { title: undefined, author: undefined, messageId: undefined };
  const { patches } = await readPatches([file], signal);
  const head = (await readFile(file, 'latin1')).slice(0, HEAD_BYTES).split(/\r?\n\r?\n/)[0] ?? '';
  // An encoded name is left to the person: half of it decoded would be a wrong one.
  const field = (name: string) => new RegExp(`^${name}: *([!-<>-~ ]+)$`, 'im').exec(head)?.[1]?.trim();
  const author = field('From');
  const isMail = author?.includes('@') === true;
  return {
    title: patches[0]?.title,
    author: isMail ? author : undefined,
    messageId: isMail ? field('Message-ID') : undefined,
  };
}
