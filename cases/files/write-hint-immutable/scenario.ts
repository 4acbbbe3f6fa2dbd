import { GuestBuffer, ioctlNumber, memory, O, scenario, syscall } from 'kconform';

/** linux/fs.h */
const FS_IOC_SETFLAGS = ioctlNumber('write', 'f', 2, 8);
const FS_IMMUTABLE_FL = 0x10;
const RWH_WRITE_LIFE_SHORT = 2n;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t tmpfs tmpfs /mnt`;
  const file = (await root.open('/mnt/file', O.RDWR | O.CREAT, 0o600)).fd;
  const hint = Buffer.alloc(8);
  hint.writeBigUInt64LE(RWH_WRITE_LIFE_SHORT);
  const setHint = syscall('fcntl', file, memory.F.SET_RW_HINT, new GuestBuffer(hint));
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(FS_IMMUTABLE_FL);
  return root.errnos({
    ordinary: setHint,
    makeImmutable: syscall('ioctl', file, FS_IOC_SETFLAGS, new GuestBuffer(flags)),
    immutable: setHint,
  });
});
