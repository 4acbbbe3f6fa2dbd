import { GuestBuffer, scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { get, newMap, pin, withoutPreloaded } from '../objects.ts';

const O_DIRECTORY = 0o200000;
const FS_IOC_GETFLAGS = 0x80086601;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const directory = (await root.open('/mnt', O_DIRECTORY)).fd;
  const value = new GuestBuffer(Buffer.from('v'));
  const room = new GuestBuffer(Buffer.alloc(256), true);
  const longest = `/mnt/${'n'.repeat(255)}`;
  return {
    length: await root.errnos({
      pin: pin(longest, map),
      get: get(longest),
      pinLonger: pin(`${longest}n`, map),
      mkdirLonger: sys('mkdir', `${longest}n`, 0o755),
    }),
    attributes: await root.errnos({
      pin: pin('/mnt/pin', map),
      setUser: sys('setxattr', '/mnt/pin', 'user.a', value, 1, 0),
      getUser: sys('getxattr', '/mnt/pin', 'user.a', room, 256),
      setTrusted: sys('setxattr', '/mnt/pin', 'trusted.a', value, 1, 0),
      setTrustedOfDirectory: sys('setxattr', '/mnt', 'trusted.a', value, 1, 0),
      getTrustedMissing: sys('getxattr', '/mnt/pin', 'trusted.b', room, 256),
    }),
    listed: (await root.syscall('listxattr', '/mnt/pin', room, 256)).value,
    directory: await root.errnos({
      fsync: sys('fsync', directory),
      ioctl: sys('ioctl', directory, FS_IOC_GETFLAGS, room),
      read: sys('read', directory, room, 1),
    }),
    entries: withoutPreloaded((await guest.$`ls -a /mnt`).stdout.split('\n')).map((name) =>
      name.replace(/n{255}/, 'longest'),
    ),
  };
});
