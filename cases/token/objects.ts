import { bpf, type Descriptor, type Fd, type GuestBuffer, type GuestProcess, instruction } from 'kconform';

/** A descriptor that no process here has open. */
export const CLOSED = 900;

/** The flag above BPF_F_TOKEN_FD, which no command has. */
export const UNKNOWN_FLAG = 0x20000;

/** A map that needs CAP_BPF, and nothing else. */
export const STACK = { type: bpf.MAP_TYPE.STACK, keySize: 0 } as const;

/** A program that needs CAP_BPF and CAP_NET_ADMIN. */
export const XDP = {
  type: bpf.PROG_TYPE.XDP,
  attachType: bpf.ATTACH_TYPE.XDP,
  instructions: instruction.sequence(instruction.move(0, 2), instruction.exit()),
} as const;

export const BTF = bpf.structWithMember('bpf_timer');

/** How the three commands that take a token end, with this token or without any. */
export function useToken(process: GuestProcess, token?: Descriptor) {
  const given = token === undefined ? {} : { token };
  return process.errnos({
    map: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, ...given })),
    program: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, ...given })),
    btf: bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF, token)),
  });
}

/** Offsets of the flags in union bpf_attr, by command. */
export const FLAGS_AT = { map: 16, program: 44, btf: 32 } as const;

/**
 * The same attribute with another value of a field of 32 bits. Flags that are replaced lack BPF_F_TOKEN_FD, which the builders set
 * with a token.
 */
export function withField(attribute: GuestBuffer, offset: number, value: number): GuestBuffer {
  attribute.bytes.writeUInt32LE(value, offset);
  return attribute;
}

/** A program that a user without capabilities can load too, where the system allows it. */
export const FILTER = { type: bpf.PROG_TYPE.SOCKET_FILTER, instructions: XDP.instructions } as const;

/** A descriptor of the kernel's own BTF: of those that are the kernel's it has the lowest id, for modules build on it. */
export async function kernelBtf(process: GuestProcess): Promise<Fd> {
  const KERNEL_BTF_IN_INFO = 28;
  for (let id = 0; ; ) {
    const next = bpf.nextId(id);
    const walk = await process.batch([bpf.call(bpf.CMD.BTF_GET_NEXT_ID, next)]);
    if (walk.calls[0]?.last.errno !== null) throw new TypeError('there is no BTF of the kernel');
    id = walk.contents.get(next)?.readUInt32LE(4) ?? 0;
    const { fd } = await process.bpf(bpf.CMD.BTF_GET_FD_BY_ID, bpf.byId(id));
    const { attribute, info } = bpf.objInfo(fd);
    const { contents } = await process.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute)]);
    if (contents.get(info)?.readUInt32LE(KERNEL_BTF_IN_INFO) === 1) return fd;
  }
}
