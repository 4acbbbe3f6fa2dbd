import { GuestBuffer, O, RLIMIT, scenario, syscall } from 'kconform';

const SIGXFSZ = 25;
const SIG_IGN = 1n;
const LIMIT = 4096n;

export default scenario(async ({ guest }) => {
  await using process = await guest.spawn();
  const from = (await process.open('/tmp/empty', O.RDWR | O.CREAT, 0o600)).fd;
  const to = (await process.open('/tmp/target', O.RDWR | O.CREAT, 0o600)).fd;
  const ignored = Buffer.alloc(32);
  ignored.writeBigUInt64LE(SIG_IGN);
  const limit = Buffer.alloc(16);
  limit.writeBigUInt64LE(LIMIT, 0);
  limit.writeBigUInt64LE(LIMIT, 8);
  const offset = Buffer.alloc(8);
  offset.writeBigUInt64LE(LIMIT);
  const copy = syscall('copy_file_range', from, null, to, new GuestBuffer(offset), 1, 0);
  const setUp = await process.errnos({
    ignore: syscall('rt_sigaction', SIGXFSZ, new GuestBuffer(ignored), null, 8),
    limit: syscall('prlimit64', 0, RLIMIT.FSIZE, new GuestBuffer(limit), null),
  });
  const ofNothing = await process.errnos({ copy });
  await guest.writeFile('/tmp/empty', 'x');
  return { setUp, ofNothing, ofOneByte: await process.errnos({ copy }) };
});
