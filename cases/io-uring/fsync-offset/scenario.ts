import { ioUring, O, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const file = (await root.open('/tmp/file', O.RDWR | O.CREAT, 0o600)).fd;
  await using ring = await ioUring.Ring.open(root);
  const fsync = (off: number, user_data: number) =>
    ioUring.SQE.make({ opcode: ioUring.OP.FSYNC, fd: file, off, user_data });
  const { cqes } = await ring.submit([fsync(0, 1), fsync(-1, 2)]);
  const result = (id: bigint) => cqes.find(({ userData }) => userData === id)?.res ?? null;
  return { zero: result(1n), negative: result(2n) };
});
