import { bpf, CAP, capabilities, GuestBuffer, instruction, scenario } from 'kconform';
import { FILTER, withField, XDP } from '../objects.ts';

/** Offsets in union bpf_attr, and in struct bpf_prog_info (linux/bpf.h). */
const AT = { count: 4, instructions: 8, licence: 16 } as const;
const INFO = { loadTime: 40, user: 48 } as const;
const XDP_HAS_FRAGS = 0x20;
const UNREADABLE = 1n;
const LIMIT = 1_000_000;
const UID = 1000;

const load = (attribute: GuestBuffer) => bpf.call(bpf.CMD.PROG_LOAD, attribute);

/** A program whose helper needs a licence that is compatible with the GPL. */
const TASK = {
  type: bpf.PROG_TYPE.TRACEPOINT,
  instructions: instruction.sequence(instruction.call(35), instruction.move(0, 0), instruction.exit()),
};

function withPointer(at: number, to: bigint | string, program: bpf.ProgLoad = FILTER): GuestBuffer {
  const attribute = bpf.progLoad(program);
  attribute.pointers.delete(at);
  if (typeof to === 'bigint') attribute.bytes.writeBigUInt64LE(to, at);
  else attribute.pointers.set(at, new GuestBuffer(Buffer.from(`${to}\0`)));
  return attribute;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const information = async (process: typeof root, program: bpf.ProgLoad) => {
    const { attribute, info } = bpf.objInfo((await process.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(program))).fd);
    return (await process.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute)])).contents.get(info);
  };
  const user = await guest.spawn({ uid: UID, gid: UID, capabilities: capabilities(CAP.BPF) });
  const first = await information(root, FILTER);
  const second = await information(user, FILTER);
  const array = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.PROG_ARRAY }))).fd;
  const enter = async (flags: number) => {
    const program = Buffer.alloc(4);
    program.writeInt32LE((await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, flags }))).fd.number);
    return (await root.bpf(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(array, Buffer.alloc(4), program))).errno;
  };
  return {
    instructions: await root.errnos({
      none: load(withField(bpf.progLoad(FILTER), AT.count, 0)),
      tooMany: load(withField(bpf.progLoad(FILTER), AT.count, LIMIT + 1)),
      unreadable: load(withPointer(AT.instructions, UNREADABLE)),
    }),
    licence: await root.errnos({
      unreadable: load(withPointer(AT.licence, UNREADABLE)),
      compatible: load(withPointer(AT.licence, 'Dual MIT/GPL', TASK)),
      other: load(withPointer(AT.licence, 'Proprietary', TASK)),
      empty: load(withPointer(AT.licence, '')),
      longerThanItsBuffer: load(withPointer(AT.licence, 'GPL'.padEnd(200, 'x'), TASK)),
    }),
    name: await root.errnos({
      plain: load(bpf.progLoad({ ...FILTER, name: 'a.b_c' })),
      withSpace: load(bpf.progLoad({ ...FILTER, name: 'a b' })),
    }),
    loadTimesGrow: (second?.readBigUInt64LE(INFO.loadTime) ?? 0n) > (first?.readBigUInt64LE(INFO.loadTime) ?? 0n),
    users: [first?.readUInt32LE(INFO.user) ?? -1, second?.readUInt32LE(INFO.user) ?? -1],
    // All programs of an array have the type of the first one, and XDP programs agree about fragments.
    array: { first: await enter(0), fragments: await enter(XDP_HAS_FRAGS), again: await enter(0) },
  };
});
