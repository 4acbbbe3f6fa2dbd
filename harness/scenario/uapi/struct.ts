import { KconformError } from '../../errors/error.ts';
import { GuestBuffer } from '../agent/batch.ts';
import { type Descriptor, descriptorNumber, Fd } from '../api/fd.ts';

/** Bytes of each type of a field. */
const SIZES = { u8: 1, u16: 2, u32: 4, u64: 8, s32: 4, s64: 8 } as const;

/** The type of a field; a pointer is a u64. */
export type FieldType = keyof typeof SIZES;

/** Fields of a structure by name: type, and offset in bytes. */
export type Fields = Readonly<Record<string, readonly [type: FieldType, offset: number]>>;

/** The value of a field: a number (negative ones in two's complement), a descriptor, or a buffer, whose address is stored in a u64. */
export type FieldValue = number | bigint | Descriptor | GuestBuffer;

/** What is read from a structure: a bigint for fields of 64 bits, a number for others. */
export type FieldsRead<F extends Fields> = {
  readonly [K in keyof F]: F[K][0] extends 'u64' | 's64' ? bigint : number;
};

/**
 * A structure of the kernel's interface, little-endian as on x86-64:
 * `new Struct('struct timespec64', 'linux/time_types.h', 16, { tv_sec: ['s64', 0], tv_nsec: ['s64', 8] })`.
 */
export class Struct<const F extends Fields> {
  /** Its name in C: `struct landlock_ruleset_attr`. */
  readonly name: string;
  /** The header that declares it: `linux/landlock.h`. */
  readonly header: string;
  /** In bytes. */
  readonly size: number;
  /** Type and offset of each field. */
  readonly fields: F;

  constructor(name: string, header: string, size: number, fields: F) {
    this.name = name;
    this.header = header;
    this.size = size;
    this.fields = fields;
  }

  /**
   * The structure for a system call; fields that are not given are 0.
   * @param options out: return its content after the call; size: another number of bytes, to test wrong sizes
   * @throws KC_UNKNOWN_FIELD (case) for a name that no compiler has checked
   */
  make(
    values: { readonly [K in keyof F]?: FieldValue },
    { out = false, size = this.size }: { readonly out?: boolean; readonly size?: number } = {},
  ): GuestBuffer {
    const buffer = new GuestBuffer(Buffer.alloc(size), out);
    for (const [name, value] of Object.entries(values)) this.#write(buffer, name, value);
    return buffer;
  }

  /** Reads the structure at an offset of the bytes. */
  read(bytes: Buffer, at?: number): FieldsRead<F>;
  read(bytes: Buffer, at = 0): Record<string, number | bigint> {
    return Object.fromEntries(
      Object.entries(this.fields).map(([name, [type, offset]]) => [name, readField(bytes, type, at + offset)]),
    );
  }

  #write({ bytes, pointers }: GuestBuffer, name: string, value: FieldValue | undefined): void {
    const field = this.fields[name];
    if (field === undefined) throw this.#unknown(name);
    if (value === undefined) return;
    const [type, offset] = field;
    if (value instanceof GuestBuffer) {
      pointers.set(offset, value);
      return;
    }
    const number = value instanceof Fd ? descriptorNumber(value) : value;
    const unsigned = BigInt.asUintN(SIZES[type] * 8, BigInt(number));
    for (let index = 0; index < SIZES[type]; index++) {
      bytes.writeUInt8(Number((unsigned >> BigInt(index * 8)) & 0xffn), offset + index);
    }
  }

  #unknown(name: string): KconformError {
    return new KconformError(`${this.name} has no field ${name}`, {
      code: 'KC_UNKNOWN_FIELD',
      blame: 'case',
      hint: `fields: ${Object.keys(this.fields).join(', ')}`,
    });
  }
}

function readField(bytes: Buffer, type: FieldType, offset: number): number | bigint {
  switch (type) {
    case 'u8':
      return bytes.readUInt8(offset);
    case 'u16':
      return bytes.readUInt16LE(offset);
    case 'u32':
      return bytes.readUInt32LE(offset);
    case 's32':
      return bytes.readInt32LE(offset);
    case 'u64':
      return bytes.readBigUInt64LE(offset);
    case 's64':
      return bytes.readBigInt64LE(offset);
  }
}

const DIRECTIONS = { none: 0, write: 1, read: 2, both: 3 } as const;

/**
 * The number of an ioctl (asm-generic/ioctl.h): `ioctlNumber('read', 'f', 1, 8)` is _IOR('f', 1, long).
 * @param direction `none` is _IO, `write` _IOW, `read` _IOR, `both` _IOWR
 * @param type a character, or a number
 * @param size of the argument, in bytes
 */
export function ioctlNumber(
  direction: keyof typeof DIRECTIONS,
  type: string | number,
  number: number,
  size = 0,
): number {
  const letter = typeof type === 'string' ? type.charCodeAt(0) : type;
  return ((DIRECTIONS[direction] << 30) | (size << 16) | (letter << 8) | number) >>> 0;
}
