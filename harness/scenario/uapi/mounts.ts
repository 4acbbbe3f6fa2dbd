/** statmount(2) and listmount(2), as cases import them under the name `mountInfo`. */
import { type Call, GuestBuffer } from '../agent/batch.ts';
import { type FieldValue, Struct } from './struct.ts';

/** The request of both calls (linux/mount.h). `mnt_ns_fd` was `spare`; kernels without it take 0 only. */
export const MNT_ID_REQ = new Struct('struct mnt_id_req', 'linux/mount.h', 32, {
  size: ['u32', 0],
  mnt_ns_fd: ['u32', 4],
  mnt_id: ['u64', 8],
  param: ['u64', 16],
  mnt_ns_id: ['u64', 24],
});

/** What statmount(2) writes first (linux/mount.h); texts follow, at the offsets in it, from byte 512. */
export const STATMOUNT = new Struct('struct statmount', 'linux/mount.h', 512, {
  size: ['u32', 0],
  mask: ['u64', 8],
  sb_dev_major: ['u32', 16],
  sb_dev_minor: ['u32', 20],
  sb_magic: ['u64', 24],
  sb_flags: ['u32', 32],
  fs_type: ['u32', 36],
  mnt_id: ['u64', 40],
  mnt_parent_id: ['u64', 48],
  mnt_id_old: ['u32', 56],
  mnt_parent_id_old: ['u32', 60],
  mnt_attr: ['u64', 64],
  mnt_propagation: ['u64', 72],
  mnt_peer_group: ['u64', 80],
  mnt_master: ['u64', 88],
  propagate_from: ['u64', 96],
  mnt_root: ['u32', 104],
  mnt_point: ['u32', 108],
  mnt_ns_id: ['u64', 112],
});

/** What statmount(2) is asked for, in `param` of the request (linux/mount.h), without STATMOUNT_. */
export const MASK = {
  SB_BASIC: 0x1,
  MNT_BASIC: 0x2,
  PROPAGATE_FROM: 0x4,
  MNT_ROOT: 0x8,
  MNT_POINT: 0x10,
  FS_TYPE: 0x20,
  MNT_NS_ID: 0x40,
  MNT_OPTS: 0x80,
} as const;

/** listmount(2) begins at the root mount of the namespace with this `mnt_id` (linux/mount.h, LSMT_ROOT). */
export const LSMT_ROOT = 0xffffffffffffffffn;

/** Other fields of a request. */
export type RequestFields = Parameters<typeof MNT_ID_REQ.make>[0];

/**
 * statmount(2) of a mount, by its unique id (statx(2), STATX_MNT_ID_UNIQUE).
 * @param mask bits of MASK
 * @param buffer made with `out`; read it with STATMOUNT
 */
export function statmount(id: FieldValue, mask: number, buffer: GuestBuffer, others: RequestFields = {}): Call {
  const request = MNT_ID_REQ.make({ size: MNT_ID_REQ.size, mnt_id: id, param: mask, ...others });
  return { name: 'statmount', args: [request, buffer, buffer.bytes.length, 0] };
}

/**
 * listmount(2): the unique ids of the mounts below a mount, as u64 in the buffer; the value is their number.
 * @param buffer made with `out`
 * @param others `param` is the id after which the list begins; default: 0
 */
export function listmount(id: FieldValue, buffer: GuestBuffer, others: RequestFields = {}): Call {
  const request = MNT_ID_REQ.make({ size: MNT_ID_REQ.size, mnt_id: id, ...others });
  return { name: 'listmount', args: [request, buffer, Math.floor(buffer.bytes.length / 8), 0] };
}

const STATX_SIZE = 256;
const STATX_MNT_ID_UNIQUE = 0x4000;
const AT_FDCWD = -100;

/** statx(2) of a path with STATX_MNT_ID_UNIQUE; read the buffer with `uniqueId`. Make it with `statxBuffer`. */
export function statxMountId(path: string, buffer: GuestBuffer): Call {
  return { name: 'statx', args: [AT_FDCWD, path, 0, STATX_MNT_ID_UNIQUE, buffer] };
}

/** A buffer for `statxMountId`. */
export function statxBuffer(): GuestBuffer {
  return new GuestBuffer(Buffer.alloc(STATX_SIZE), true);
}

/** stx_mnt_id in what statx(2) wrote (linux/stat.h). */
export function uniqueId(bytes: Buffer): bigint {
  return STATX.read(bytes).stx_mnt_id;
}

/** What statx(2) writes about the mount (linux/stat.h). */
export const STATX = new Struct('struct statx', 'linux/stat.h', STATX_SIZE, {
  stx_mask: ['u32', 0],
  stx_mnt_id: ['u64', 144],
});
