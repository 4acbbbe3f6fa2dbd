import { GuestBuffer, O, scenario, syscall } from 'kconform';

/** linux/openat2.h: struct open_how has flags, mode and resolve. */
const RESOLVE_NO_XDEV = 1n;
const SIZE = 24;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/debug && mount -t debugfs debugfs /tmp/debug`;
  const directory = (await root.open('/tmp/debug', O.PATH | O.DIRECTORY)).fd;
  const how = Buffer.alloc(SIZE);
  how.writeBigUInt64LE(BigInt(O.PATH), 0);
  how.writeBigUInt64LE(RESOLVE_NO_XDEV, 16);
  const calls = await root.errnos({
    open: syscall('openat2', directory, 'tracing/trace', new GuestBuffer(how), SIZE),
  });
  const mounted = await guest.mountOptions('/tmp/debug/tracing');
  // Without the flag it is mounted.
  const isThere = await guest.exists('/tmp/debug/tracing/trace');
  return { isThere, ...calls, mounted };
});
