import { GuestBuffer, mountInfo, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const ids = new GuestBuffer(Buffer.alloc(8 * 64), true);
  return guest.root.errnos({
    without: mountInfo.listmount(mountInfo.LSMT_ROOT, ids),
    noDescriptor: mountInfo.listmount(mountInfo.LSMT_ROOT, ids, { mnt_ns_fd: -1 }),
  });
});
