import { ResultOf, scenario, syscall } from 'kconform';
import { mapWithLargeKey, pin } from '../objects.ts';
import { unreclaimableKiB } from '../slab.ts';

const TIMES = 1000;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await mapWithLargeKey(root);
  const pinned = await root.errnos({ map: pin('/mnt/map', map) });

  const opened = (times: number) =>
    root.repeat(times, [syscall('open', '/mnt/map', 0), syscall('close', new ResultOf(0))]);
  await opened(10); // what the first calls allocate stays
  const before = await unreclaimableKiB(guest);
  const { iterations, calls } = await opened(TIMES);
  return {
    ...pinned,
    iterations,
    failures: calls.map(({ failures }) => failures),
    grownKiB: (await unreclaimableKiB(guest)) - before,
  };
});
