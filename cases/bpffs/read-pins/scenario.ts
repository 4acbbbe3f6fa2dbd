import { bpf, type Descriptor, GuestBuffer, scenario } from 'kconform';
import { statShown, sys, textShown } from '../../calls.ts';
import { get, newLink, newMap, newProgram, pin } from '../objects.ts';
import { INT, pairOfInts, VALUE } from './btf.ts';

const O_RDWR = 2;
const O_PATH = 0o10000000;
const O_TRUNC = 0o1000;
const PROT_READ = 1;
const MAP_SHARED = 1;

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
  const file = (await root.open('/mnt/array', O_RDWR)).fdOrBad;
  const room = new GuestBuffer(Buffer.alloc(64), true);
  const opened = await root.errnos({
    write: sys('write', file, new GuestBuffer(Buffer.from('x')), 1),
    seek: sys('lseek', file, 0, 0),
    map: sys('mmap', 0, 4096, PROT_READ, MAP_SHARED, file, 0),
    pread: sys('pread64', file, room, 10, 0),
  });
  const pieces = (await root.open('/mnt/array')).fdOrBad;
  const inPieces = [(await root.read(pieces, 9)).text, (await root.read(pieces, 10)).text];
  await root.unlink('/mnt/array');
  return {
    refused: await root.errnos({
      plainMap: sys('open', '/mnt/plain', 0),
      plainMapReadWrite: sys('open', '/mnt/plain', O_RDWR),
      program: sys('open', '/mnt/program', 0),
      link: sys('open', '/mnt/link', 0),
      plainMapPath: sys('open', '/mnt/plain', O_PATH),
      programPath: sys('open', '/mnt/program', O_PATH),
    }),
    text,
    empty,
    opened,
    inPieces,
    afterUnlink: (await root.read(pieces)).text,
    truncate: await root.errnos({
      open: sys('open', '/mnt/hash', O_RDWR | O_TRUNC),
      truncate: sys('truncate', '/mnt/hash', 100),
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
