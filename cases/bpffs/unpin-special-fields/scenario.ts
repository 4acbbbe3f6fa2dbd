import { bpf, eachInTurn, eachOf, scenario } from 'kconform';
import { newMap } from '../objects.ts';
import { FIELD_SIZE, HASHES, valueWith } from '../special-fields.ts';

const TYPES = {
  ...HASHES,
  array: { type: bpf.MAP_TYPE.ARRAY },
  percpuHash: { type: bpf.MAP_TYPE.PERCPU_HASH },
  percpuArray: { type: bpf.MAP_TYPE.PERCPU_ARRAY },
  lruPercpuHash: { type: bpf.MAP_TYPE.LRU_PERCPU_HASH },
} as const;

const KEY = Buffer.alloc(4);

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const values = {
    timer: await valueWith(root, 'bpf_timer'),
    workqueue: await valueWith(root, 'bpf_wq'),
    otherName: await valueWith(root, 'val2'),
    timerOfOtherSize: await valueWith(root, 'bpf_timer', FIELD_SIZE / 2),
    workqueueOfOtherSize: await valueWith(root, 'bpf_wq', FIELD_SIZE / 2),
    bpfTaskWork: await valueWith(root, 'bpf_task_work'),
  };
  const created = (value: Partial<bpf.MapCreate>) =>
    root.errnos(eachOf(TYPES, (type) => bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...value, ...type }))));
  /** What comes back of a value of ones: a special field is neither written nor read. */
  const kept = async (value: Partial<bpf.MapCreate>) => {
    const map = await newMap(root, { ...value, ...HASHES.hash });
    const size = value.valueSize ?? 0;
    const lookup = bpf.mapLookup(map, KEY, size);
    const { contents } = await root.batch(
      [
        bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, KEY, Buffer.alloc(size, 0xff))),
        bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, lookup.attribute),
      ],
      { stopAtError: true },
    );
    return contents.get(lookup.value)?.toString('hex') ?? '';
  };
  return {
    created: await eachInTurn(
      { timer: values.timer, workqueue: values.workqueue, otherName: values.otherName },
      created,
    ),
    kept: await eachInTurn(values, kept),
  };
});
