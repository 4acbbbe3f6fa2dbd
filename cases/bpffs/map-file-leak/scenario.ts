import { BPF, Btf, btfLoad, MAP_TYPE, ResultOf, scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { newMap, pin } from '../objects.ts';

const TIMES = 1000;
/** The file of a map holds room for a key: this much of slab each time, if it is kept. */
const KEY_SIZE = 4096;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const types = new Btf();
  const int = types.int('int', 4);
  const key = types.struct('key', KEY_SIZE, [{ name: 'words', type: types.array(int, int, KEY_SIZE / 4), at: 0 }]);
  const btf = (await root.bpf(BPF.BTF_LOAD, btfLoad(types.blob()))).fd;
  const map = await newMap(root, { type: MAP_TYPE.HASH, keySize: KEY_SIZE, btf: { fd: btf, key, value: int } });
  const pinned = await root.errnos({ map: pin('/mnt/map', map) });

  const unreclaimableKiB = async () =>
    Number(/^SUnreclaim:\s+(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1]);
  const opened = (times: number) => root.repeat(times, [sys('open', '/mnt/map', 0), sys('close', new ResultOf(0))]);
  await opened(10); // what the first calls allocate stays
  const before = await unreclaimableKiB();
  const { iterations, calls } = await opened(TIMES);
  return {
    ...pinned,
    iterations,
    failures: calls.map(({ failures }) => failures),
    grownKiB: (await unreclaimableKiB()) - before,
  };
});
