import { readFile } from 'node:fs/promises';
import { KconformError } from '../../errors/error.ts';
import type { AskedSplat } from './asked-splat.ts';
import { quotedSplat } from './quoted-splat.ts';

/**
 * The splat that a file quotes.
 * @throws KC_REPORT (case) for a file that cannot be read, or that quotes no splat
 */
export async function splatInFile(path: string): Promise<AskedSplat> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw reportError(`cannot read ${path}`, 'name a file with the splat: a mail, a log, the text of a page', cause);
  });
  const splat = quotedSplat(text);
  if (splat !== undefined) return splat;
  throw reportError(
    `${path} quotes no splat with a stack`,
    'a splat begins with a line such as "BUG: …" or "WARNING: CPU: …", and has lines such as " function+0x1/0x2"',
  );
}

function reportError(message: string, hint: string, cause?: unknown): KconformError {
  return new KconformError(message, { code: 'KC_REPORT', blame: 'case', hint, cause });
}
