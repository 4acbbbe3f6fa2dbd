import { bpf, type Descriptor, GuestBuffer, MAP, O, PROT, scenario, syscall } from 'kconform';
import { statShown, textShown } from '../files.ts';
import { get, newLink, newMap, newProgram, pin } from '../objects.ts';
import { INT, pairOfInts, VALUE } from './btf.ts';

const u32 = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4);
  return bytes;
};

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(pairOfInts()))).fd;
  const pair = { valueSize: 8, maxEntries: 2, btf: { fd: btf, key: INT, value: VALUE } };
  const array = await newMap(root, pair);
  const hash = await newMap(root, { ...pair, type: bpf.MAP_TYPE.HASH, flags: bpf.F.NO_PREALLOC });
  const set = (map: typeof array, key: number, ...value: readonly number[]) =>
    bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, u32(key), u32(...value)));
  await root.errnos({
    array: pin('/mnt/array', array),
    set: set(array, 1, 5, -6),
    hash: pin('/mnt/hash', hash),
    empty: pin('/mnt/empty', await newMap(root, { ...pair, type: bpf.MAP_TYPE.LRU_HASH })),
    fill: set(hash, 42, 7, -8),
    plain: pin('/mnt/plain', await newMap(root)),
    program: pin('/mnt/program', await newProgram(root)),
    link: pin('/mnt/link', await newLink(root)),
  });
  const text = { array: await textShown(root, '/mnt/array'), hash: await textShown(root, '/mnt/hash') };
  const empty = await textShown(root, '/mnt/empty');
  const file = (await root.open('/mnt/array', O.RDWR)).fdOrBad;
  const room = new GuestBuffer(Buffer.alloc(64), true);
  const opened = await root.errnos({
    write: syscall('write', file, new GuestBuffer(Buffer.from('x')), 1),
    seek: syscall('lseek', file, 0, 0),
    map: syscall('mmap', 0, 4096, PROT.READ, MAP.SHARED, file, 0),
    pread: syscall('pread64', file, room, 10, 0),
  });
  const pieces = (await root.open('/mnt/array')).fdOrBad;
  const inPieces = [(await root.read(pieces, 9)).text, (await root.read(pieces, 10)).text];
  await root.unlink('/mnt/array');
  return {
    refused: await root.errnos({
      plainMap: syscall('open', '/mnt/plain', 0),
      plainMapReadWrite: syscall('open', '/mnt/plain', O.RDWR),
      program: syscall('open', '/mnt/program', 0),
      link: syscall('open', '/mnt/link', 0),
      plainMapPath: syscall('open', '/mnt/plain', O.PATH),
      programPath: syscall('open', '/mnt/program', O.PATH),
    }),
    text,
    empty,
    opened,
    inPieces,
    afterUnlink: (await root.read(pieces)).text,
    truncate: await root.errnos({
      open: syscall('open', '/mnt/hash', O.RDWR | O.TRUNC),
      truncate: syscall('truncate', '/mnt/hash', 100),
      get: get('/mnt/hash'),
    }),
    sizeAfterTruncate: await statShown(root, '/mnt/hash', ({ size }) => size),
    textAfterTruncate: (await textShown(root, '/mnt/hash')) === text.hash,
    btfKey: await root.errnos({
      hashWithoutKey: bpf.call(bpf.CMD.MAP_CREATE, mapCreateWithoutKey(bpf.MAP_TYPE.HASH, btf)),
      arrayWithoutKey: bpf.call(bpf.CMD.MAP_CREATE, mapCreateWithoutKey(bpf.MAP_TYPE.ARRAY, btf)),
    }),
  };
});

function mapCreateWithoutKey(type: number, btf: Descriptor): GuestBuffer {
  return bpf.mapCreate({ type, valueSize: 8, btf: { fd: btf, key: 0, value: VALUE } });
}
