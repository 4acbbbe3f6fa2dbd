import { cString, GuestBuffer } from '../agent/batch.ts';
import { type Descriptor, descriptorNumber } from '../api/fd.ts';

/** For BPF_LINK_CREATE, whose result is a descriptor: `u32 prog_fd`, `u32 target_fd`, `u32 attach_type`, `u32 flags` (0). See ATTACH_TYPE. */
export function linkCreate(program: Descriptor, target: Descriptor, attachType: number): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(descriptorNumber(program), 0);
  bytes.writeInt32LE(descriptorNumber(target), 4);
  bytes.writeUInt32LE(attachType, 8);
  return new GuestBuffer(bytes);
}

/** For BPF_PROG_ATTACH: `u32 target_fd`, `u32 attach_bpf_fd`, `u32 attach_type`, `u32 attach_flags` (0). See ATTACH_TYPE. */
export function progAttach(program: Descriptor, target: Descriptor, attachType: number): GuestBuffer {
  return linkCreate(target, program, attachType);
}

/**
 * For BPF_RAW_TRACEPOINT_OPEN, whose result is a descriptor: `u64 name`, `u32 prog_fd`. Programs that have their target in BTF need
 * no name.
 */
export function rawTracepointOpen(program: Descriptor, name?: string): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(descriptorNumber(program), 8);
  const attribute = new GuestBuffer(bytes);
  if (name !== undefined) attribute.pointers.set(0, cString(name));
  return attribute;
}

/**
 * For BPF_PROG_TEST_RUN: `u32 prog_fd`, `u32 retval`, `u32 data_size_in`, `u32 data_size_out`, `u64 data_in`, …; once, on the
 * packet if the program type takes one. The return value of the program is the u32 at offset 4 of the returned attribute.
 */
export function progTestRun(program: Descriptor, data?: Buffer): GuestBuffer {
  const bytes = Buffer.alloc(80);
  bytes.writeInt32LE(descriptorNumber(program), 0);
  const attribute = new GuestBuffer(bytes, true);
  if (data !== undefined) {
    bytes.writeUInt32LE(data.length, 8);
    attribute.pointers.set(16, new GuestBuffer(data));
  }
  return attribute;
}

/** For BPF_PROG_DETACH: `u32 target_fd`, `u32 attach_bpf_fd`, `u32 attach_type`. See ATTACH_TYPE. */
export function progDetach(program: Descriptor, target: Descriptor, attachType: number): GuestBuffer {
  return linkCreate(target, program, attachType);
}

/** For BPF_ITER_CREATE, whose result is a descriptor to read from: `u32 link_fd`, `u32 flags`. */
export function iterCreate(link: Descriptor, flags = 0): GuestBuffer {
  return words(descriptorNumber(link), flags);
}

/**
 * For BPF_LINK_UPDATE: `u32 link_fd`, `u32 new_prog_fd`, `u32 flags`, `u32 old_prog_fd`. The old program is used with the flag 4
 * (BPF_F_REPLACE).
 */
export function linkUpdate(link: Descriptor, program: Descriptor, flags = 0, old: Descriptor = 0): GuestBuffer {
  return words(descriptorNumber(link), descriptorNumber(program), flags, descriptorNumber(old));
}

/** For BPF_LINK_DETACH (a link), BPF_MAP_FREEZE (a map): `u32 fd` alone. */
export function byDescriptor(fd: Descriptor): GuestBuffer {
  return words(descriptorNumber(fd));
}

/** For BPF_PROG_BIND_MAP: `u32 prog_fd`, `u32 map_fd`, `u32 flags`. */
export function progBindMap(program: Descriptor, map: Descriptor, flags = 0): GuestBuffer {
  return words(descriptorNumber(program), descriptorNumber(map), flags);
}

/**
 * For BPF_PROG_GET_NEXT_ID and similar commands: `u32 start_id`, `u32 next_id`, `u32 open_flags`. The next id is the u32 at
 * offset 4 of the returned attribute; ENOENT if there is none.
 */
export function nextId(after: number): GuestBuffer {
  return new GuestBuffer(words(after, 0, 0).bytes, true);
}

/**
 * For BPF_PROG_QUERY: `u32 target_fd`, `u32 attach_type`, `u32 query_flags`, `u32 attach_flags`, `u64 prog_ids`, `u32 count`, …; the
 * count comes back at offset 24 of the attribute, the ids in `ids`, 4 bytes each.
 */
export function progQuery(
  target: Descriptor,
  attachType: number,
  room = 64,
): { readonly attribute: GuestBuffer; readonly ids: GuestBuffer } {
  const ids = new GuestBuffer(Buffer.alloc(4 * room), true);
  const bytes = Buffer.alloc(64);
  bytes.writeInt32LE(descriptorNumber(target), 0);
  bytes.writeUInt32LE(attachType, 4);
  bytes.writeUInt32LE(room, 24);
  const attribute = new GuestBuffer(bytes, true);
  attribute.pointers.set(16, ids);
  return { attribute, ids };
}

/**
 * For BPF_MAP_UPDATE_BATCH, and without values BPF_MAP_DELETE_BATCH: `u64 in_batch`, `u64 out_batch`, `u64 keys`, `u64 values`,
 * `u32 count`, `u32 map_fd`, `u64 elem_flags`, `u64 flags`. Keys and values are contiguous. The number of processed elements is
 * the u32 at offset 32 of the returned attribute.
 */
export function mapBatch(map: Descriptor, keys: Buffer, count: number, values?: Buffer): GuestBuffer {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt32LE(count, 32);
  bytes.writeInt32LE(descriptorNumber(map), 36);
  const attribute = new GuestBuffer(bytes, true);
  attribute.pointers.set(16, new GuestBuffer(keys));
  if (values !== undefined) attribute.pointers.set(24, new GuestBuffer(values));
  return attribute;
}

function words(...list: readonly number[]): GuestBuffer {
  const bytes = Buffer.alloc(4 * list.length);
  for (const [index, value] of list.entries()) bytes.writeInt32LE(value | 0, 4 * index);
  return new GuestBuffer(bytes);
}
