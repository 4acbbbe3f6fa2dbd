import { ioUring, scenario, time } from 'kconform';

export default scenario(async ({ guest }) => {
  await using ring = await ioUring.Ring.open(guest.root);
  const after = time.timespec(1_000_000n);
  const timeout = (addr3: number) => ioUring.SQE.make({ opcode: ioUring.OP.TIMEOUT, addr: after, len: 1, addr3 });
  const ended = async (addr3: number) => (await ring.submit([timeout(addr3)])).cqes.map(({ res }) => res);
  return { plain: await ended(0), unusedField: await ended(1) };
});
