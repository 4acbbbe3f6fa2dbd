import { GuestBuffer, mountInfo, pidfd, scenario, syscall } from 'kconform';

export default scenario(async ({ guest }) => {
  await using other = await guest.spawn({ mountns: true });
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const namespace = (await guest.root.open(`/proc/${other.pid}/ns/mnt`)).fd;
  const number = new GuestBuffer(Buffer.alloc(8), true);
  const statx = mountInfo.statxBuffer();
  const asked = await other.batch([mountInfo.statxMountId('/', statx)]);
  const { contents } = await guest.root.batch([syscall('ioctl', namespace, pidfd.NS.GET_MNTNS_ID, number)]);
  const mount = mountInfo.uniqueId(asked.contents.get(statx) ?? statx.bytes);
  const mnt_ns_id = (contents.get(number) ?? number.bytes).readBigUInt64LE(0);
  const room = mountInfo.STATMOUNT.make({}, { out: true, size: 1024 });
  const calls = { statmount: mountInfo.statmount(mount, mountInfo.MASK.MNT_BASIC, room, { mnt_ns_id }) };
  return { root: await guest.root.errnos(calls), user: await user.errnos(calls) };
});
