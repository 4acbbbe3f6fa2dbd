import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasHeaders, isMbox } from '../mail/mbox.ts';
import { readMail } from '../mail/read-mail.ts';
import { reportError } from '../report-error.ts';
import type { AskedSplat } from './asked-splat.ts';
import { quotedSplat } from './quoted-splat.ts';

/**
 * The splat that a file quotes: a mail, a log, the text of a page.
 * @throws KC_REPORT (case) for a file that cannot be read, or that quotes no splat
 */
export async function splatInFile(path: string): Promise<AskedSplat> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw reportError(`cannot read ${path}`, 'name a file with the splat: a mail, a log, the text of a page', cause);
  });
  for (const text of await textsOf(bytes, basename(path))) {
    const splat = quotedSplat(text);
    if (splat !== undefined) return splat;
  }
  throw reportError(
    `${path} quotes no splat with a stack`,
    'a splat begins with a line such as "BUG: …" or "WARNING: CPU: …", and has lines such as " function+0x1/0x2"',
  );
}

async function textsOf(bytes: Buffer, name: string): Promise<string[]> {
  const latin1 = bytes.toString('latin1');
  if (!isMbox(latin1) && !hasHeaders(latin1)) return [bytes.toString('utf8')];
  const letters = await readMail(latin1, name);
  return letters.flatMap(({ text, attachments }) => [text, ...attachments.map((one) => one.text)]);
}
