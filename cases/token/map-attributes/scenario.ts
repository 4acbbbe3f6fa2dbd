import { bpf, type GuestProcess, scenario, syscall } from 'kconform';
import { BTF, CLOSED, kernelBtf, withField } from '../objects.ts';

/** Offsets in union bpf_attr (linux/bpf.h). */
const AT = { node: 24, name: 28, device: 44, btf: 48, key: 52, value: 56, kernelValue: 60, extra: 64 } as const;
/** Offsets in struct bpf_map_info. */
const INFO = { name: 24, end: 40 } as const;
const NUMA_NODE = 4;
const NO_NODE = 4095;
const LOOPBACK = 1;
const SPACE = 0x20;
const LETTERS = Buffer.from('m_p.').readUInt32LE();

type Field = readonly [at: number, value: number];

function attribute(map: bpf.MapCreate, fields: readonly Field[]) {
  return fields.reduce((before, [at, value]) => withField(before, at, value), bpf.mapCreate(map));
}

const create = (map: bpf.MapCreate, ...fields: Field[]) => bpf.call(bpf.CMD.MAP_CREATE, attribute(map, fields));

/** The name that a map shows. */
async function shownName(process: GuestProcess): Promise<string> {
  const map = await process.bpf(bpf.CMD.MAP_CREATE, attribute({ type: bpf.MAP_TYPE.ARRAY }, [[AT.name, LETTERS]]));
  const asked = bpf.objInfo(map.fd);
  const { contents } = await process.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, asked.attribute)]);
  return contents.get(asked.info)?.toString('latin1', INFO.name, INFO.end).replaceAll('\0', '') ?? '';
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const array = { type: bpf.MAP_TYPE.ARRAY };
  const bloom = { type: bpf.MAP_TYPE.BLOOM_FILTER, keySize: 0 };
  const onNode = { ...array, flags: NUMA_NODE };
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF))).fd;
  const other = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF))).fd;
  const otherId = await bpf.objectId(root, other, 'btf');
  const kernel = await kernelBtf(root);
  return {
    node: await root.errnos({
      first: create(onNode, [AT.node, 0]),
      missing: create(onNode, [AT.node, NO_NODE]),
      withoutFlag: create(array, [AT.node, NO_NODE]),
    }),
    access: await root.errnos({ both: create({ ...array, flags: bpf.F.RDONLY | bpf.F.WRONLY }) }),
    extra: await root.errnos({ array: create(array, [AT.extra, 1]), bloomFilter: create(bloom, [AT.extra, 1]) }),
    device: await root.errnos({
      withoutOffload: create(array, [AT.device, LOOPBACK]),
      otherType: create(bloom, [AT.device, LOOPBACK]),
    }),
    name: { shown: await shownName(root), ...(await root.errnos({ withSpace: create(array, [AT.name, SPACE]) })) },
    btf: await root.errnos({
      valueOfKernel: create(array, [AT.kernelValue, 1]),
      keyWithoutValue: create(array, [AT.btf, btf.number], [AT.key, bpf.BTF_INT]),
      closed: create(array, [AT.btf, CLOSED], [AT.key, bpf.BTF_INT], [AT.value, bpf.BTF_INT]),
      ofKernel: create(array, [AT.btf, kernel.number], [AT.key, bpf.BTF_INT], [AT.value, bpf.BTF_INT]),
      own: create(array, [AT.btf, btf.number], [AT.key, bpf.BTF_INT], [AT.value, bpf.BTF_INT]),
    }),
    // A map that was refused for its types holds no reference to them.
    released: await root.errnos({
      otherSize: create(array, [AT.btf, other.number], [AT.key, bpf.BTF_INT], [AT.value, bpf.BTF_VALUE]),
      close: syscall('close', other),
      btf: bpf.call(bpf.CMD.BTF_GET_FD_BY_ID, bpf.byId(otherId)),
    }),
  };
});
