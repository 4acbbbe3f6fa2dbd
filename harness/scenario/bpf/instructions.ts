/**
 * One BPF instruction of 8 bytes (Documentation/bpf/standardization/instruction-set.rst, struct bpf_insn): `u8 opcode`, a nibble
 * each for the registers, `s16 offset`, `s32 immediate`. Registers by number: 0 is the return value of a call or of the program,
 * 1 to 5 are arguments, 6 to 9 are preserved by calls, 10 is the read-only frame pointer with 512 bytes of stack below it.
 */
export function raw(opcode: number, destination: number, source: number, offset: number, immediate: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8((source << 4) | destination, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(immediate | 0, 4);
  return bytes;
}

/** The register that points to the end of the program's 512 bytes of stack; read-only. */
export const FRAME = 10;

const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;
const SIZE = { word: 0x00, half: 0x08, byte: 0x10, double: 0x18 } as const;
const MEM = 0x60;
const ATOMIC = 0xc0;
const FROM_REGISTER = 0x08;

/** Widths of loads and stores: 4, 2, 1 and 8 bytes. */
export type Width = keyof typeof SIZE;

const ARITHMETIC = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  neg: 0x80,
  mod: 0x90,
  xor: 0xa0,
  mov: 0xb0,
  arsh: 0xc0,
} as const;

const CONDITION = {
  eq: 0x10,
  gt: 0x20,
  ge: 0x30,
  set: 0x40,
  ne: 0x50,
  sgt: 0x60,
  sge: 0x70,
  lt: 0xa0,
  le: 0xb0,
  slt: 0xc0,
  sle: 0xd0,
} as const;

/** A BPF register as an operand; a number is an immediate. */
export interface Register {
  /** 0 to 10. */
  readonly register: number;
}

/** The register as an operand: `alu('add', 1, register(3))`. */
export function register(number: number): Register {
  return { register: number };
}

type Operand = number | Register;

function operation(opcode: number, destination: number, operand: Operand, offset = 0): Buffer {
  return typeof operand === 'number'
    ? raw(opcode, destination, 0, offset, operand)
    : raw(opcode | FROM_REGISTER, destination, operand.register, offset, 0);
}

/**
 * `rN = rN OPERATION operand` on 64 bits, an immediate of 32 bits sign-extended; `div` and `mod` are unsigned, `arsh` is the
 * arithmetic shift, `neg` needs the operand 0.
 */
export function alu(name: keyof typeof ARITHMETIC, destination: number, operand: Operand): Buffer {
  return operation(CLASS.ALU64 | ARITHMETIC[name], destination, operand);
}

/** Like `alu` on the lower 32 bits; the upper 32 bits become zero. */
export function alu32(name: keyof typeof ARITHMETIC, destination: number, operand: Operand): Buffer {
  return operation(CLASS.ALU | ARITHMETIC[name], destination, operand);
}

/**
 * Jumps if `rN CONDITION operand` is true. The offset counts instructions after the next one. Comparisons are unsigned, except
 * `sgt`, `sge`, `slt` and `sle`.
 */
export function jumpIf(name: keyof typeof CONDITION, left: number, operand: Operand, offset: number): Buffer {
  return operation(CLASS.JMP | CONDITION[name], left, operand, offset);
}

/** Like `jumpIf` for the lower 32 bits. */
export function jumpIf32(name: keyof typeof CONDITION, left: number, operand: Operand, offset: number): Buffer {
  return operation(CLASS.JMP32 | CONDITION[name], left, operand, offset);
}

/** Jumps. The offset counts instructions after the next one. */
export function jump(offset: number): Buffer {
  return raw(CLASS.JMP, 0, 0, offset, 0);
}

/** `rN = *(rM + offset)`, zero-extended; the offset in bytes. */
export function load(width: Width, destination: number, source: number, offset = 0): Buffer {
  return raw(CLASS.LDX | MEM | SIZE[width], destination, source, offset, 0);
}

/** `*(rN + offset) = rM`: stores the lower bytes of the register, as many as the width has. The offset is in bytes. */
export function store(width: Width, destination: number, offset: number, source: number): Buffer {
  return raw(CLASS.STX | MEM | SIZE[width], destination, source, offset, 0);
}

/** `*(rN + offset) = immediate` of 32 bits, sign-extended for `double`. */
export function storeImmediate(width: Width, destination: number, offset: number, immediate: number): Buffer {
  return raw(CLASS.ST | MEM | SIZE[width], destination, 0, offset, immediate);
}

/** `*(rN + offset) += rM`, atomically; width `word` or `double`. */
export function atomicAdd(width: 'word' | 'double', destination: number, offset: number, source: number): Buffer {
  return raw(CLASS.STX | ATOMIC | SIZE[width], destination, source, offset, ARITHMETIC.add);
}

/** `rN = immediate` of 64 bits: two instructions. */
export function loadImmediate64(destination: number, value: bigint): Buffer {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return sequence(raw(CLASS.LD | SIZE.double, destination, 0, 0, low), raw(0, 0, 0, 0, high));
}

/** `rN = ` the map of the descriptor, for helpers that take a map: two instructions (BPF_PSEUDO_MAP_FD). */
export function loadMap(destination: number, map: number): Buffer {
  return sequence(raw(CLASS.LD | SIZE.double, destination, 1, 0, map), raw(0, 0, 0, 0, 0));
}

/** `rN = immediate` of 32 bits, sign-extended to 64. */
export function move(register: number, immediate: number): Buffer {
  return alu('mov', register, immediate);
}

/** `rN = rM` */
export function copy(destination: number, source: number): Buffer {
  return alu('mov', destination, register(source));
}

/** Calls a helper by its number (enum bpf_func_id in linux/bpf.h, bpf-helpers(7)). */
export function call(helper: number): Buffer {
  return raw(0x85, 0, 0, 0, helper);
}

/** Calls a function of the kernel by its id in the kernel's BTF; see kernelBtfId (BPF_PSEUDO_KFUNC_CALL). */
export function callKernel(btfId: number): Buffer {
  return raw(0x85, 0, 2, 0, btfId);
}

/** Calls a function of this program (BPF_PSEUDO_CALL). The offset counts instructions after the next one. */
export function callOwn(offset: number): Buffer {
  return raw(0x85, 0, 1, 0, offset);
}

/** Returns from the program or a function of it; r0 is the return value. */
export function exit(): Buffer {
  return raw(0x95, 0, 0, 0, 0);
}

/** Joins instructions, for `progLoad`. */
export function sequence(...list: readonly Buffer[]): Buffer {
  return Buffer.concat(list);
}
