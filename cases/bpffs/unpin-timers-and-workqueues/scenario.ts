import { type bpf, eachInTurn, scenario, syscall } from 'kconform';
import { Listener } from '../atomic-sleep.ts';
import { HASHES, valueWith } from '../special-fields.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const listener = await Listener.start(root);
  /** What the kernel says of the unlink of the last pin of such maps. */
  const unlinked = (value: Partial<bpf.MapCreate>) =>
    eachInTurn(HASHES, async (kind) => {
      const id = await listener.pinned('/mnt/pin', { ...value, ...kind });
      return listener.saidOf(id, syscall('unlink', '/mnt/pin'));
    });
  return {
    timer: await unlinked(await valueWith(root, 'bpf_timer')),
    workqueue: await unlinked(await valueWith(root, 'bpf_wq')),
  };
});
