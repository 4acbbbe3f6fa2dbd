import { bpf, eachInTurn, scenario, syscall } from 'kconform';
import { Listener } from '../atomic-sleep.ts';
import { newMap, pin } from '../objects.ts';
import { HASHES, valueWith } from '../special-fields.ts';

/** Fields of a value that make no hash map walk its elements: another name, another size, and the name of a later kernel. */
const PLAIN = {
  otherName: { name: 'val2', size: 16 },
  otherSize: { name: 'bpf_timer', size: 8 },
  bpfTaskWork: { name: 'bpf_task_work', size: 16 },
} as const;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const listener = await Listener.start(root);
  const timer = await valueWith(root, 'bpf_timer');
  const withTimer = { ...timer, ...HASHES.hash };
  const pinned = (path: string, map = withTimer) => listener.pinned(path, map);
  const unlink = (path: string) => syscall('unlink', path);
  /** A map without anything special: what was released before it is released when it is. */
  const marker = () => listener.pinned('/mnt/marker', {});

  const linked = await pinned('/mnt/first');
  await root.link('/mnt/first', '/mnt/second');
  const firstLink = await listener.saidOf(await marker(), unlink('/mnt/first'), unlink('/mnt/marker'));
  const lastLink = await listener.saidOf(linked, unlink('/mnt/second'));

  await listener.pinned('/mnt/moved', {});
  const replaced = await pinned('/mnt/replaced');
  const renameOver = await listener.saidOf(replaced, syscall('rename', '/mnt/moved', '/mnt/replaced'));

  const array = { ...timer, type: bpf.MAP_TYPE.ARRAY };
  const arrayUnlinked = await listener.saidOf(await listener.pinned('/mnt/array', array), unlink('/mnt/array'));
  const plain = await eachInTurn(PLAIN, async ({ name, size }) => {
    const map = { ...(await valueWith(root, name, size)), ...HASHES.hash };
    return listener.saidOf(await listener.pinned('/mnt/plain', map), unlink('/mnt/plain'));
  });

  const open = await newMap(root, withTimer);
  await root.errnos({ pin: pin('/mnt/open', open) });
  const descriptorOpen = await listener.saidOf(await marker(), unlink('/mnt/open'), unlink('/mnt/marker'));
  const closedLast = await listener.saidOf(await bpf.objectId(root, open, 'map'), syscall('close', open));

  const below = await pinned('/mnt/below');
  return {
    released: { lastLink, renameOver, umount: await listener.saidOf(below, syscall('umount2', '/mnt', 0)) },
    kept: { firstLink, descriptorOpen },
    other: { array: arrayUnlinked, ...plain, closedLast },
  };
});
