import { GuestBuffer, O, scenario, syscall } from 'kconform';
import { get, newMap, pin, withoutPreloaded } from '../objects.ts';

const FS_IOC_GETFLAGS = 0x80086601;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const directory = (await root.open('/mnt', O.DIRECTORY)).fd;
  const value = new GuestBuffer(Buffer.from('v'));
  const room = new GuestBuffer(Buffer.alloc(256), true);
  const longest = `/mnt/${'n'.repeat(255)}`;
  return {
    length: await root.errnos({
      pin: pin(longest, map),
      get: get(longest),
      pinLonger: pin(`${longest}n`, map),
      mkdirLonger: syscall('mkdir', `${longest}n`, 0o755),
    }),
    attributes: await root.errnos({
      pin: pin('/mnt/pin', map),
      setUser: syscall('setxattr', '/mnt/pin', 'user.a', value, 1, 0),
      getUser: syscall('getxattr', '/mnt/pin', 'user.a', room, 256),
      setTrusted: syscall('setxattr', '/mnt/pin', 'trusted.a', value, 1, 0),
      setTrustedOfDirectory: syscall('setxattr', '/mnt', 'trusted.a', value, 1, 0),
      getTrustedMissing: syscall('getxattr', '/mnt/pin', 'trusted.b', room, 256),
    }),
    listed: (await root.syscall('listxattr', '/mnt/pin', room, 256)).value,
    directory: await root.errnos({
      fsync: syscall('fsync', directory),
      ioctl: syscall('ioctl', directory, FS_IOC_GETFLAGS, room),
      read: syscall('read', directory, room, 1),
    }),
    entries: withoutPreloaded((await guest.$`ls -a /mnt`).stdout.split('\n')).map((name) =>
      name.replace(/n{255}/, 'longest'),
    ),
  };
});
