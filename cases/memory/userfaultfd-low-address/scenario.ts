import { MAP, PROT, scenario, syscall, userfault } from 'kconform';

const PAGE = 4096;
/** The default of many distributions; that of others is a page. */
const MMAP_MIN_ADDR = 0x10000;
/** Below it CAP_SYS_RAWIO can map. */
const LOW = 0x4000;
const HIGH = 0x40000000;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.writeFile('/proc/sys/vm/mmap_min_addr', String(MMAP_MIN_ADDR));
  const descriptor = await root.syscall('userfaultfd', 0);
  const map = (at: number) =>
    syscall('mmap', at, PAGE, PROT.READ | PROT.WRITE, MAP.PRIVATE | MAP.ANONYMOUS | MAP.FIXED, -1, 0);
  const register = (at: number) =>
    syscall(
      'ioctl',
      descriptor.value,
      userfault.UFFDIO.REGISTER,
      userfault.REGISTER.make({ 'range.start': at, 'range.len': PAGE, mode: userfault.MODE.MISSING }, { out: true }),
    );
  const api = userfault.API.make({ api: userfault.VERSION }, { out: true });
  return root.errnos({
    api: syscall('ioctl', descriptor.value, userfault.UFFDIO.API, api),
    mapLow: map(LOW),
    mapHigh: map(HIGH),
    registerLow: register(LOW),
    registerHigh: register(HIGH),
  });
});
