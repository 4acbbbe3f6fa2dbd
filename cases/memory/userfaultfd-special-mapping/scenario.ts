import { scenario, syscall, userfault } from 'kconform';

/** linux/userfaultfd.h */
const FEATURE_WP_ASYNC = 1 << 15;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const maps = await guest.readFile(`/proc/${root.pid}/maps`);
  const [, from = '0', to = '0'] = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(maps) ?? [];
  const start = BigInt(`0x${from}`);
  const descriptor = await root.syscall('userfaultfd', 0);
  const api = userfault.API.make({ api: userfault.VERSION, features: FEATURE_WP_ASYNC }, { out: true });
  const range = userfault.REGISTER.make(
    { 'range.start': start, 'range.len': BigInt(`0x${to}`) - start, mode: userfault.MODE.WP },
    { out: true },
  );
  const errnos = await root.errnos({
    api: syscall('ioctl', descriptor.value, userfault.UFFDIO.API, api),
    vdso: syscall('ioctl', descriptor.value, userfault.UFFDIO.REGISTER, range),
  });
  return { found: start !== 0n, ...errnos };
});
