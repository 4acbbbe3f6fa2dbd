import { readFile } from 'node:fs/promises';
import type { PatchFacts } from '../../evidence/mail/tested-mail.ts';
import type { PatchSeries } from '../../kernels/patches/read-patches.ts';

/** How much of a file its head can be. */
const HEAD_BYTES = 64 * 1024;

/**
 * What a reply to a patch needs of it: the head of the first mail of the file.
 * @param file the patch or the mail with it
 * @param series what readPatches found in it
 */
export async function mailPatchFacts(file: string, { patches, leftOut }: PatchSeries): Promise<PatchFacts> {
  const [text = ''] = (await readFile(file, 'utf8')).slice(0, HEAD_BYTES).split(/\r?\n\r?\n/);
  const fields = fieldsOf(text);
  const author = fields.get('from');
  const id = fields.get('message-id');
  const [only, another] = patches;
  // readPatches decodes the subjects of patches only, and sorts them.
  const isOne = another === undefined && leftOut.length === 0;
  const subject = isOne && only?.subject ? only.subject : fields.get('subject');
  return {
    subject,
    author: author?.includes('@') === true ? author : undefined,
    messageId: id !== undefined && /^<[^<>\s]+>$/.test(id) ? id : undefined,
  };
}

/** Without those that are encoded (RFC 2047): half of a name decoded would be a wrong one. */
function fieldsOf(head: string): Map<string, string> {
  const unfolded = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const found = unfolded.flatMap((line): [string, string][] => {
    const [, name = '', value = ''] = /^([A-Za-z-]+):\s*(\S.*)$/.exec(line) ?? [];
    return name === '' || /=\?\S+\?=|\uFFFD|\p{Cc}/u.test(value) ? [] : [[name.toLowerCase(), value.trim()]];
  });
  return new Map(found.toReversed());
}

/** What of it the person has to add, each with why. */
export function missingFacts({ subject, author, messageId }: PatchFacts): string[] {
  return [
    ...(author === undefined ? ['no author: add To'] : []),
    ...(subject === undefined ? ['no subject: add it behind "Re: "'] : []),
    ...(messageId === undefined ? ['no Message-ID: the text has no In-Reply-To'] : []),
  ];
}
