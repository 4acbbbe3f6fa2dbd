import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { KconformError } from '../../errors/error.ts';

/** A kernel's file on a server: `https://host/linux-image.deb#sha256=HEX`. */
export interface KernelUrl {
  readonly address: string;
  /** Last part of the path, for messages and to tell the kind. */
  readonly name: string;
  readonly sha256: string;
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** @throws KC_NO_SUCH_KERNEL without a checksum */
export function parseUrl(text: string): KernelUrl {
  const [address = '', end = ''] = text.split('#');
  const sha256 = /^sha256=([0-9a-f]{64})$/i.exec(end)?.[1];
  if (sha256 !== undefined && URL.canParse(address)) {
    const name = decodeURIComponent(basename(new URL(address).pathname));
    return { address, name: name === '' ? 'kernel' : name, sha256: sha256.toLowerCase() };
  }
  throw new KconformError(`${address} needs a checksum, so that what is downloaded is what you mean`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `${address}#sha256=HEX, where HEX is what sha256sum prints`,
  });
}

/** No answer for so long, and the server is given up. */
const SILENT_MS = 60_000;

/**
 * Downloads the file and checks it.
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_INTERRUPTED, and ENOSPC of the disk
 */
export async function downloadUrl({ address, sha256 }: KernelUrl, to: string, signal?: AbortSignal): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  const any = AbortSignal.any([silence.signal, ...(signal === undefined ? [] : [signal])]);
  const hash = createHash('sha256');
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const response = await fetch(address, { signal: any });
    if (!response.ok || response.body === null) throw new TypeError(`the server answered ${response.status}`);
    const body: ReadableStream = response.body;
    await pipeline(Readable.fromWeb(body), measure, createWriteStream(to), { signal: any });
  } catch (cause) {
    if (signal?.aborted)
      throw new KconformError(`interrupted while downloading ${address}`, { code: 'KC_INTERRUPTED', blame: 'host' });
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') throw cause;
    throw downloadError(address, silence.signal.aborted ? `no data for ${SILENT_MS / 1000} s` : reasonOf(cause), cause);
  } finally {
    clearTimeout(timer);
  }
  const actual = hash.digest('hex');
  if (actual === sha256) return;
  throw new KconformError(`${address} has another checksum than you named: sha256=${actual}`, {
    code: 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: 'nothing was kept; compare with the checksum that its publisher states',
  });
}

function downloadError(address: string, why: string, cause: unknown): KconformError {
  return new KconformError(`could not download ${address}: ${why}`, {
    code: 'KC_DOWNLOAD',
    blame: 'host',
    hint: 'check the address and the network',
    cause,
  });
}

/** fetch() says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
