import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { execa } from 'execa';
import { extract, type Header } from 'tar-stream';
import { KconformError } from '../errors/error.ts';
import { type Alternative, alternativesIn } from './alternatives.ts';
import { guestPath } from './guest-paths.ts';
import { writeWhole } from './whole.ts';

/** A member of the archive that is made; paths are those of the guest, without the first slash. */
export interface Member {
  readonly path: string;
  /** With the file type. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: Content;
}

type Content =
  | { readonly kind: 'folder' }
  /** Bytes in the spool file. */
  | { readonly kind: 'file'; readonly offset: number; readonly size: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'symlink'; readonly target: string }
  /** Another name of a file. */
  | { readonly kind: 'hard link'; readonly target: string }
  | { readonly kind: 'device'; readonly device: readonly [number, number] };

const TYPES: Readonly<Record<Header['type'], number>> = {
  file: 0o100000,
  'contiguous-file': 0o100000,
  link: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  'character-device': 0o020000,
  'block-device': 0o060000,
  fifo: 0o010000,
};

/** What several packages hold: their members by path, the bytes of their files in one spool file, and their alternatives. */
export class Contents {
  readonly members = new Map<string, Member>();
  readonly alternatives: Alternative[] = [];
  readonly #spool: FileHandle;
  #length = 0;

  constructor(spool: FileHandle) {
    this.#spool = spool;
  }

  /**
   * Adds a package. Its maintainer scripts are not run; the links of update-alternatives(1) in them are noted.
   * @param deb path of the package
   * @throws KC_DOWNLOAD_CORRUPT, KC_TOOL_MISSING, KC_INTERRUPTED, and system errors of the spool file
   */
  async add(deb: string, signal: AbortSignal | undefined): Promise<void> {
    const options = { buffer: false, reject: false, ...(signal && { cancelSignal: signal }) } as const;
    const unpacking = execa('dpkg-deb', ['--fsys-tarfile', deb], options);
    const tar = extract();
    unpacking.stdout.on('error', (error) => tar.destroy(error)).pipe(tar);
    try {
      for await (const entry of tar) await this.#take(entry.header, entry);
    } catch (error) {
      unpacking.kill();
      if (error instanceof Error && 'syscall' in error) throw error;
      // A tar that ends early: what dpkg-deb says about it counts.
      if ((await unpacking).exitCode === 0) throw corrupt(deb, error instanceof Error ? error.message : String(error));
    }
    const result = await unpacking;
    if (signal?.aborted) {
      throw new KconformError('interrupted while packages were unpacked', { code: 'KC_INTERRUPTED', blame: 'host' });
    }
    if (result.code === 'ENOENT') throw noDpkg();
    if (result.exitCode !== 0) throw corrupt(deb, 'dpkg-deb cannot unpack it');
    const script = await execa('dpkg-deb', ['--info', deb, 'postinst'], { reject: false });
    if (script.exitCode === 0) this.alternatives.push(...alternativesIn(script.stdout));
  }

  async #take(header: Header, data: AsyncIterable<unknown>): Promise<void> {
    const path = guestPath(header.name);
    const content = path === undefined ? undefined : contentOf(header, this.#length);
    for await (const part of data) {
      if (content?.kind !== 'file' || !Buffer.isBuffer(part)) continue;
      await writeWhole(this.#spool, part, this.#length);
      this.#length += part.length;
    }
    if (path === undefined || content === undefined) return;
    const mode = TYPES[header.type] | (header.mode & 0o7777);
    this.members.set(path, { path, mode, uid: header.uid, gid: header.gid, content });
  }
}

function contentOf({ type, size, linkname, devmajor, devminor }: Header, offset: number): Content | undefined {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return { kind: 'file', offset, size };
    case 'directory':
      return { kind: 'folder' };
    case 'symlink':
      return { kind: 'symlink', target: linkname };
    case 'link': {
      // A name of a file that stays out would be a file without bytes.
      const target = guestPath(linkname);
      return target === undefined ? undefined : { kind: 'hard link', target };
    }
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return { kind: 'device', device: [devmajor, devminor] };
  }
}

function corrupt(deb: string, why: string): KconformError {
  return new KconformError(`the package ${basename(deb)} is corrupt: ${why}`, {
    code: 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: 'it was discarded; run again',
  });
}

function noDpkg(): KconformError {
  return new KconformError('dpkg-deb is not installed; it is needed to unpack packages for the guest', {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: 'apt-get install dpkg',
  });
}
