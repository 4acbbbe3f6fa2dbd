import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { GuestDisk } from '../qemu/devices.ts';
import { copySparse } from './copy-sparse.ts';
import { devicesError } from './request.ts';

/** A user's image, which is only read. */
export interface UserImage {
  readonly path: string;
  readonly format: GuestDisk['format'];
  /** Tells this content from every other that the file had or will have: a change of it changes the inode's ctime, which nobody can set back. */
  readonly version: string;
}

/** @throws KC_DEVICES (case) when it is missing, empty, no regular file, or made of more than one file */
export async function readUserImage(image: string): Promise<UserImage> {
  const path = resolve(image);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${String(code)})`;
    throw devicesError(`image of a disk: ${path}: ${why}`, 'give the path of an image in raw or qcow2 format');
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw imageError(path, 'it is not a regular file');
    if (facts.size === 0) throw imageError(path, 'it is empty');
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    const format = header.subarray(0, 4).equals(QCOW2_MAGIC) ? 'qcow2' : 'raw';
    if (format === 'qcow2') checkQcow2(path, header);
    return { path, format, version: await versionOf(path) };
  } finally {
    await file.close();
  }
}

/** @throws KC_DEVICES (case) when the image changed meanwhile, and what copySparse throws */
export async function copyUserImage({ path, version }: UserImage, to: string): Promise<void> {
  await copySparse(path, to);
  if ((await versionOf(path)) !== version) throw imageError(path, 'it changed while it was copied');
}

/** docs/interop/qcow2.txt in QEMU's source. */
const QCOW2_MAGIC = Buffer.from([0x51, 0x46, 0x49, 0xfb]);
const HEADER_BYTES = 104;
const BACKING_FILE_OFFSET = 8;
const VERSION = 4;
const INCOMPATIBLE_FEATURES = 72;
const EXTERNAL_DATA_FILE = 1n << 2n;

/** A copy of the one file would not be the whole image, and its other file could change behind it. */
function checkQcow2(path: string, header: Buffer): void {
  const features = header.readUInt32BE(VERSION) < 3 ? 0n : header.readBigUInt64BE(INCOMPATIBLE_FEATURES);
  const isWhole = header.readBigUInt64BE(BACKING_FILE_OFFSET) === 0n && (features & EXTERNAL_DATA_FILE) === 0n;
  if (!isWhole) throw imageError(path, 'it needs another file (a backing file or an external data file)');
}

async function versionOf(path: string): Promise<string> {
  const { dev, ino, size, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, ctimeNs].join(' ');
}

function imageError(path: string, why: string): Error {
  return devicesError(
    `image of a disk: ${path}: ${why}`,
    'give an image in raw or qcow2 format that is whole in one file',
  );
}
