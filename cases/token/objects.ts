import {
  ATTACH_TYPE,
  BPF,
  bpfCall,
  btfLoad,
  type Descriptor,
  exit,
  type GuestBuffer,
  type GuestProcess,
  instructions,
  MAP_TYPE,
  mapCreate,
  move,
  PROG_TYPE,
  progLoad,
  structWithMember,
} from 'kconform';

/** A map that needs CAP_BPF, and nothing else. */
export const STACK = { type: MAP_TYPE.STACK, keySize: 0 } as const;

/** A program that needs CAP_BPF and CAP_NET_ADMIN. */
export const XDP = {
  type: PROG_TYPE.XDP,
  attachType: ATTACH_TYPE.XDP,
  instructions: instructions(move(0, 2), exit()),
} as const;

export const BTF = structWithMember('bpf_timer');

/** How the three commands that take a token end, with this token or without any. */
export function useToken(process: GuestProcess, token?: Descriptor) {
  const given = token === undefined ? {} : { token };
  return process.errnos({
    map: bpfCall(BPF.MAP_CREATE, mapCreate({ ...STACK, ...given })),
    program: bpfCall(BPF.PROG_LOAD, progLoad({ ...XDP, ...given })),
    btf: bpfCall(BPF.BTF_LOAD, btfLoad(BTF, token)),
  });
}

/** Offsets of the flags in union bpf_attr, by command. */
export const FLAGS_AT = { map: 16, program: 44, btf: 32 } as const;

/** The same attribute with its flags replaced: BPF_F_TOKEN_FD, which the builders set with a token, is then missing. */
export function withFlags(attribute: GuestBuffer, offset: number, flags: number): GuestBuffer {
  attribute.bytes.writeUInt32LE(flags, offset);
  return attribute;
}
