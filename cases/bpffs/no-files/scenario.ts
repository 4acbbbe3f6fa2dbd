import { GuestBuffer, O, S, scenario, syscall } from 'kconform';

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
    creat: syscall('creat', '/mnt/file', 0o600),
    open: syscall('open', '/mnt/file', O.CREAT | O.WRONLY, 0o600),
    regularNode: syscall('mknod', '/mnt/file', S.IFREG | 0o600, 0),
    fifo: syscall('mknod', '/mnt/fifo', S.IFIFO | 0o600, 0),
    device: syscall('mknod', '/mnt/null', S.IFCHR | 0o600, 0x103),
    socket: syscall('bind', socket, new GuestBuffer(address), address.length),
    unnamed: syscall('open', '/mnt', O.TMPFILE | O.RDWR, 0o600),
    nothingWasMade: syscall('access', '/mnt/file', 0),
    directory: syscall('mkdir', '/mnt/directory', 0o700),
    symlink: syscall('symlink', 'directory', '/mnt/symlink'),
  });
});
