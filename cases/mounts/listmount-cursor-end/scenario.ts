import { GuestBuffer, mountInfo, scenario } from 'kconform';

const LAST = 0xffffffffffffffffn;

export default scenario(async ({ guest }) => {
  const ids = new GuestBuffer(Buffer.alloc(8 * 64), true);
  const { calls } = await guest.root.batch([
    mountInfo.listmount(mountInfo.LSMT_ROOT, ids),
    mountInfo.listmount(mountInfo.LSMT_ROOT, ids, { param: LAST - 1n }),
    mountInfo.listmount(mountInfo.LSMT_ROOT, ids, { param: LAST }),
  ]);
  const [all, beforeLast, afterLast] = calls.map(({ last }) => last);
  return { some: (all?.value ?? 0) > 0, beforeLast, afterLast };
});
