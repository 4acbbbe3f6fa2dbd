import { type Call, cString, GuestBuffer } from '../agent/batch.ts';
import type { AnyCall } from '../api/calls/base.ts';
import { type Descriptor, descriptorNumber } from '../api/fd.ts';
import { CMD, F } from './commands.ts';

/** Sizes and offsets of `union bpf_attr` (linux/bpf.h), by command; checked against the header by a test. */
export const OFFSETS = {
  map_type: 0,
  key_size: 4,
  value_size: 8,
  max_entries: 12,
  map_flags: 16,
  inner_map_fd: 20,
  btf_fd: 48,
  btf_key_type_id: 52,
  btf_value_type_id: 56,
  map_token_fd: 76,
  prog_type: 0,
  insn_cnt: 4,
  insns: 8,
  license: 16,
  log_level: 24,
  log_size: 28,
  log_buf: 32,
  prog_flags: 44,
  prog_name: 48,
  expected_attach_type: 68,
  attach_btf_id: 108,
  prog_token_fd: 144,
  pathname: 0,
  bpf_fd: 8,
  file_flags: 12,
  path_fd: 16,
  btf: 0,
  btf_size: 16,
  btf_flags: 32,
  btf_token_fd: 36,
  map_fd: 0,
  key: 8,
  value: 16,
  flags: 24,
} as const;

const SIZE = 152;

/**
 * bpf(2) as one of several calls: a command of CMD and its attribute. `size` is its size in bytes; pass another one to test wrong
 * sizes.
 */
export function call(command: number, attribute: GuestBuffer, size = attribute.bytes.length): Call {
  return { name: 'bpf', args: [command, attribute, size] };
}

/** The attributes of BPF_MAP_CREATE (union bpf_attr, linux/bpf.h). */
export interface MapCreate {
  /** See MAP_TYPE. */
  readonly type: number;
  /** In bytes; default: 4. */
  readonly keySize?: number;
  /** In bytes; default: 4. */
  readonly valueSize?: number;
  /** Maximum number of elements; default: 1. */
  readonly maxEntries?: number;
  /** map_flags: F.NO_PREALLOC, F.RDONLY, …. */
  readonly flags?: number;
  /** A map that serves as the template for the elements of an array or a hash of maps. */
  readonly innerMap?: Descriptor;
  /** A BTF object, and the ids of the types of key and value in it. The kernel needs it to find a timer in a value. */
  readonly btf?: { readonly fd: Descriptor; readonly key: number; readonly value: number };
  /** See tokenCreate. */
  readonly token?: Descriptor;
}

/** For BPF_MAP_CREATE, whose result is a descriptor. A token sets BPF_F_TOKEN_FD as well. */
export function mapCreate(map: MapCreate): GuestBuffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(map.type, OFFSETS.map_type);
  bytes.writeUInt32LE(map.keySize ?? 4, OFFSETS.key_size);
  bytes.writeUInt32LE(map.valueSize ?? 4, OFFSETS.value_size);
  bytes.writeUInt32LE(map.maxEntries ?? 1, OFFSETS.max_entries);
  bytes.writeUInt32LE(withToken(map.flags, map.token), OFFSETS.map_flags);
  if (map.innerMap !== undefined) bytes.writeInt32LE(descriptorNumber(map.innerMap), OFFSETS.inner_map_fd);
  if (map.btf !== undefined) {
    bytes.writeUInt32LE(descriptorNumber(map.btf.fd) >>> 0, OFFSETS.btf_fd);
    bytes.writeUInt32LE(map.btf.key, OFFSETS.btf_key_type_id);
    bytes.writeUInt32LE(map.btf.value, OFFSETS.btf_value_type_id);
  }
  if (map.token !== undefined) bytes.writeInt32LE(descriptorNumber(map.token), OFFSETS.map_token_fd);
  return new GuestBuffer(bytes);
}

/** The attributes of BPF_PROG_LOAD (union bpf_attr, linux/bpf.h). */
export interface ProgLoad {
  /** See PROG_TYPE. */
  readonly type: number;
  /** Of 8 bytes each: see `instruction.sequence`. */
  readonly instructions: Buffer;
  /** expected_attach_type: see ATTACH_TYPE; default: 0. */
  readonly attachType?: number;
  /** prog_flags: F.SLEEPABLE, …. */
  readonly flags?: number;
  /** At most 15 letters, digits, dots and underscores; another character gives EINVAL, and a longer name is cut off. */
  readonly name?: string;
  /** Id of the target function in the kernel's BTF; see kernelBtfId. */
  readonly attachBtfId?: number;
  /** See tokenCreate. */
  readonly token?: Descriptor;
  /** Where the verifier writes its log (level 1), as text that ends with a NUL; make it with `out`. */
  readonly log?: GuestBuffer;
}

/** For BPF_PROG_LOAD, whose result is a descriptor; the licence is GPL. A token sets BPF_F_TOKEN_FD as well. */
export function progLoad(program: ProgLoad): GuestBuffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(program.type, OFFSETS.prog_type);
  bytes.writeUInt32LE(program.instructions.length / 8, OFFSETS.insn_cnt);
  bytes.writeUInt32LE(withToken(program.flags, program.token), OFFSETS.prog_flags);
  bytes.writeUInt32LE(program.attachType ?? 0, OFFSETS.expected_attach_type);
  bytes.write(program.name ?? '', OFFSETS.prog_name, 15, 'latin1');
  bytes.writeUInt32LE(program.attachBtfId ?? 0, OFFSETS.attach_btf_id);
  if (program.token !== undefined) bytes.writeInt32LE(descriptorNumber(program.token), OFFSETS.prog_token_fd);
  const attribute = new GuestBuffer(bytes);
  if (program.log !== undefined) {
    bytes.writeUInt32LE(1, OFFSETS.log_level);
    bytes.writeUInt32LE(program.log.bytes.length, OFFSETS.log_size);
    attribute.pointers.set(OFFSETS.log_buf, program.log);
  }
  attribute.pointers.set(OFFSETS.insns, new GuestBuffer(program.instructions));
  attribute.pointers.set(OFFSETS.license, cString('GPL'));
  return attribute;
}

function withToken(flags = 0, token: Descriptor | undefined): number {
  return (flags | (token === undefined ? 0 : F.TOKEN_FD)) >>> 0;
}

/** How a path is resolved (file_flags and path_fd). */
export interface PathOptions {
  /** F.RDONLY or F.WRONLY, for BPF_OBJ_GET only. */
  readonly flags?: number;
  /** A relative path begins at this directory; sets BPF_F_PATH_FD. */
  readonly directory?: Descriptor;
}

/** For BPF_OBJ_PIN and, without a descriptor, BPF_OBJ_GET, whose result is one. A path in a bpffs. */
export function objPath(path: string, fd: Descriptor = 0, { flags = 0, directory }: PathOptions = {}): GuestBuffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(descriptorNumber(fd) >>> 0, OFFSETS.bpf_fd);
  bytes.writeUInt32LE((flags | (directory === undefined ? 0 : F.PATH_FD)) >>> 0, OFFSETS.file_flags);
  if (directory !== undefined) bytes.writeInt32LE(descriptorNumber(directory), OFFSETS.path_fd);
  const attribute = new GuestBuffer(bytes);
  attribute.pointers.set(OFFSETS.pathname, cString(path));
  return attribute;
}

/**
 * For BPF_TOKEN_CREATE: `u32 flags`, `u32 bpffs_fd`, the root directory of a bpffs with delegation options. The result is the
 * token's descriptor (linux/bpf.h, kernel/bpf/token.c).
 */
export function tokenCreate(bpffs: Descriptor, flags = 0): GuestBuffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(flags, 0);
  bytes.writeInt32LE(descriptorNumber(bpffs), 4);
  return new GuestBuffer(bytes);
}

/**
 * For BPF_MAP_UPDATE_ELEM. Key and value have the sizes of the map; a map without keys, such as a stack, takes null. Flags are 0
 * (any), 1 (BPF_NOEXIST), 2 (BPF_EXIST): bpf(2).
 */
export function mapUpdate(map: Descriptor, key: Buffer | null, value: Buffer, flags = 0): GuestBuffer {
  return element(map, key, new GuestBuffer(value), flags);
}

/** For BPF_MAP_LOOKUP_ELEM; the element is returned in `value`. `size` is the map's value size in bytes. */
export function mapLookup(
  map: Descriptor,
  key: Buffer | null,
  size: number,
): { attribute: GuestBuffer; value: GuestBuffer } {
  const value = new GuestBuffer(Buffer.alloc(size), true);
  return { attribute: element(map, key, value, 0), value };
}

/** For BPF_MAP_DELETE_ELEM; the key has the key size of the map. */
export function mapDelete(map: Descriptor, key: Buffer): GuestBuffer {
  return element(map, key, undefined, 0);
}

/**
 * For BPF_MAP_GET_NEXT_KEY, for the first key if the key is null. The next key is returned in `next`. `size` is the map's key
 * size in bytes.
 */
export function mapNextKey(
  map: Descriptor,
  key: Buffer | null,
  size: number,
): { attribute: GuestBuffer; next: GuestBuffer } {
  const next = new GuestBuffer(Buffer.alloc(size), true);
  return { attribute: element(map, key, next, 0), next };
}

function element(map: Descriptor, key: Buffer | null, value: GuestBuffer | undefined, flags: number): GuestBuffer {
  const bytes = Buffer.alloc(32);
  bytes.writeInt32LE(descriptorNumber(map), OFFSETS.map_fd);
  bytes.writeBigUInt64LE(BigInt(flags), OFFSETS.flags);
  const attribute = new GuestBuffer(bytes);
  if (key !== null) attribute.pointers.set(OFFSETS.key, new GuestBuffer(key));
  if (value !== undefined) attribute.pointers.set(OFFSETS.value, value);
  return attribute;
}

/** For BPF_MAP_GET_FD_BY_ID and similar commands, whose result is a descriptor: `u32 id`, `u32 next_id`, `u32 open_flags`. */
export function byId(id: number): GuestBuffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(id, 0);
  return new GuestBuffer(bytes);
}

/** For BPF_BTF_LOAD, whose result is a descriptor; see Btf. A token sets BPF_F_TOKEN_FD as well. */
export function btfLoad(btf: Buffer, token?: Descriptor): GuestBuffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(btf.length, OFFSETS.btf_size);
  bytes.writeUInt32LE(withToken(0, token), OFFSETS.btf_flags);
  if (token !== undefined) bytes.writeInt32LE(descriptorNumber(token), OFFSETS.btf_token_fd);
  const attribute = new GuestBuffer(bytes);
  attribute.pointers.set(OFFSETS.btf, new GuestBuffer(btf));
  return attribute;
}

/** Where the structure that BPF_OBJ_GET_INFO_BY_FD fills has the id of the object, by its kind. */
const ID_IN_INFO = { map: 4, program: 4, link: 4, btf: 12 } as const;

/** Kinds of objects that have an id. */
export type ObjectKind = keyof typeof ID_IN_INFO;

/** The id of an object; 0 if the kernel does not return it. @param process the process that has the descriptor */
export async function objectId(process: AnyCall, fd: Descriptor, kind: ObjectKind): Promise<number> {
  const { attribute, info } = objInfo(fd);
  const { contents } = await process.batch([call(CMD.OBJ_GET_INFO_BY_FD, attribute)]);
  return contents.get(info)?.readUInt32LE(ID_IN_INFO[kind]) ?? 0;
}

/**
 * For BPF_OBJ_GET_INFO_BY_FD: `u32 bpf_fd`, `u32 info_len`, `u64 info`; the first 64 bytes of the object's structure come back in
 * `info`. Its id is the u32 at offset 4 of struct bpf_map_info, bpf_prog_info and bpf_link_info, at 12 of bpf_btf_info (linux/bpf.h).
 */
export function objInfo(fd: Descriptor): { readonly attribute: GuestBuffer; readonly info: GuestBuffer } {
  const bytes = Buffer.alloc(16);
  const info = new GuestBuffer(Buffer.alloc(64), true);
  bytes.writeInt32LE(descriptorNumber(fd), 0);
  bytes.writeUInt32LE(info.bytes.length, 4);
  const attribute = new GuestBuffer(bytes);
  attribute.pointers.set(8, info);
  return { attribute, info };
}
