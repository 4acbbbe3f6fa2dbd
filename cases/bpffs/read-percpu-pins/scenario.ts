import { bpf, eachInTurn, scenario } from 'kconform';
import { textShown } from '../files.ts';
import { newMap, pin } from '../objects.ts';
import { INT, pairOfInts, VALUE } from '../read-pins/btf.ts';

const TYPES = {
  percpuArray: bpf.MAP_TYPE.PERCPU_ARRAY,
  percpuHash: bpf.MAP_TYPE.PERCPU_HASH,
  lruPercpuHash: bpf.MAP_TYPE.LRU_PERCPU_HASH,
};
const KEY = 3;
const PAIR = 8;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(pairOfInts()))).fd;
  const last = /(\d+)\n$/.exec(await guest.readFile('/sys/devices/system/cpu/possible'))?.[1];
  const cpus = Number(last) + 1;
  const key = Buffer.alloc(4);
  key.writeInt32LE(KEY);
  // On each CPU a pair of its own: its number, and that below zero.
  const values = Buffer.alloc(PAIR * cpus);
  for (let cpu = 0; cpu < cpus; cpu++) {
    values.writeInt32LE(cpu, cpu * PAIR);
    values.writeInt32LE(-cpu - 1, cpu * PAIR + 4);
  }
  /** The lines of the element, those of each CPU counted. */
  const text = await eachInTurn(TYPES, async (type) => {
    const pair = { valueSize: PAIR, btf: { fd: btf, key: INT, value: VALUE } };
    const map = await newMap(root, { type, maxEntries: KEY + 1, ...pair });
    const path = `/mnt/type${type}`;
    await root.batch([bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, key, values)), pin(path, map)], {
      stopAtError: true,
    });
    const lines = (await textShown(root, path)).split('\n');
    const element = lines.slice(lines.indexOf('3: {'));
    const right = Array.from({ length: cpus }, (_, cpu) => `\tcpu${cpu}: {${cpu},${-cpu - 1},}`);
    return {
      warning: lines.filter((line) => line.startsWith('# WARNING!! ')).length,
      elements: lines.filter((line) => /^\d+: \{$/.test(line)).join(' '),
      firstCpu: element[1] ?? null,
      eachCpu: element.slice(1, 1 + cpus).join('\n') === right.join('\n'),
      end: element.slice(1 + cpus),
    };
  });
  return text;
});
