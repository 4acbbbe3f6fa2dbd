import { bpf, type Descriptor, type GuestBuffer, type GuestProcess, instruction } from 'kconform';

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

/** The same attribute with its flags replaced: BPF_F_TOKEN_FD, which the builders set with a token, is then missing. */
export function withFlags(attribute: GuestBuffer, offset: number, flags: number): GuestBuffer {
  attribute.bytes.writeUInt32LE(flags, offset);
  return attribute;
}
