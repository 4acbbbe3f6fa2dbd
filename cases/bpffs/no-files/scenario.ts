import { GuestBuffer, scenario } from 'kconform';
import { sys } from '../../calls.ts';

const O_CREAT_WRONLY = 0o101;
const O_TMPFILE_RDWR = 0o20200000 | 0o2;
const S_IFIFO = 0o010000;
const S_IFCHR = 0o020000;
const S_IFREG = 0o100000;
const AF_UNIX = 1;
const SOCK_STREAM = 1;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const socket = (await root.syscall('socket', AF_UNIX, SOCK_STREAM, 0)).value;
  const address = Buffer.alloc(110);
  address.writeUInt16LE(AF_UNIX);
  address.write('/mnt/socket', 2);
  return await root.errnos({
    creat: sys('creat', '/mnt/file', 0o600),
    open: sys('open', '/mnt/file', O_CREAT_WRONLY, 0o600),
    regularNode: sys('mknod', '/mnt/file', S_IFREG | 0o600, 0),
    fifo: sys('mknod', '/mnt/fifo', S_IFIFO | 0o600, 0),
    device: sys('mknod', '/mnt/null', S_IFCHR | 0o600, 0x103),
    socket: sys('bind', socket, new GuestBuffer(address), address.length),
    unnamed: sys('open', '/mnt', O_TMPFILE_RDWR, 0o600),
    nothingWasMade: sys('access', '/mnt/file', 0),
    directory: sys('mkdir', '/mnt/directory', 0o700),
    symlink: sys('symlink', 'directory', '/mnt/symlink'),
  });
});
