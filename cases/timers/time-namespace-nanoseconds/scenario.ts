import { CLONE, GuestBuffer, O, scenario, syscall } from 'kconform';

export default scenario(async ({ guest }) => {
  await using process = await guest.spawn();
  const unshared = await process.unshare(CLONE.NEWTIME);
  const write = async (text: string) => {
    const file = (await process.open('/proc/self/timens_offsets', O.WRONLY)).fdOrBad;
    const bytes = Buffer.from(text);
    return (await process.errnos({ write: syscall('write', file, new GuestBuffer(bytes), bytes.length) })).write;
  };
  return {
    unshared: unshared.errno,
    valid: await write('monotonic 10 999999999\n'),
    tooMany: await write('monotonic 10 1000000000\n'),
    // Read as unsigned, kept as signed: -1.
    negative: await write('monotonic 10 18446744073709551615\n'),
  };
});
