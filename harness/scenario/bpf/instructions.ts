/** One instruction of BPF (Documentation/bpf/standardization/instruction-set.rst): 8 bytes. */
export function instruction(
  opcode: number,
  destination: number,
  source: number,
  offset: number,
  immediate: number,
): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8((source << 4) | destination, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(immediate, 4);
  return bytes;
}

/** `rN = immediate` */
export function move(register: number, immediate: number): Buffer {
  return instruction(0xb7, register, 0, 0, immediate);
}

/** `rN = rM` */
export function copy(destination: number, source: number): Buffer {
  return instruction(0xbf, destination, source, 0, 0);
}

/** Calls a helper by its number (enum bpf_func_id). */
export function call(helper: number): Buffer {
  return instruction(0x85, 0, 0, 0, helper);
}

export function exit(): Buffer {
  return instruction(0x95, 0, 0, 0, 0);
}

export function instructions(...list: readonly Buffer[]): Buffer {
  return Buffer.concat(list);
}
