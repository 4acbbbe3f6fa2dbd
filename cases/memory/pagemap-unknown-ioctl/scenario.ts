import { scenario, syscall } from 'kconform';

/** No ioctl of any file (asm-generic/ioctl.h). */
const UNKNOWN = 0x12345678;

export default scenario(async ({ guest }) => {
  const pagemap = (await guest.root.open('/proc/self/pagemap')).fd;
  const maps = (await guest.root.open('/proc/self/environ')).fd;
  return guest.root.errnos({
    pagemap: syscall('ioctl', pagemap, UNKNOWN, 0),
    environ: syscall('ioctl', maps, UNKNOWN, 0),
  });
});
