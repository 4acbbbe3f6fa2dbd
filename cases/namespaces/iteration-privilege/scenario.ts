import { GuestBuffer, pidfd, scenario, syscall } from 'kconform';

/** struct mnt_ns_info (linux/nsfs.h) */
const SIZE = 16;

export default scenario(async ({ guest }) => {
  await using other = await guest.spawn({ mountns: true });
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const info = new GuestBuffer(Buffer.alloc(SIZE), true);
  const next = async (process: typeof user) => {
    const own = (await process.open('/proc/self/ns/mnt')).fd;
    return await process.errnos({
      info: syscall('ioctl', own, pidfd.NS.MNT_GET_INFO, info),
      next: syscall('ioctl', own, pidfd.NS.MNT_GET_NEXT, info),
      previous: syscall('ioctl', own, pidfd.NS.MNT_GET_PREV, info),
    });
  };
  return { others: other.pid > 0, root: await next(guest.root), user: await next(user) };
});
