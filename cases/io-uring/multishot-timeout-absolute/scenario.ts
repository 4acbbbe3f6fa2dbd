import { ioUring, scenario, time } from 'kconform';

const TIMER = 7;

export default scenario(async ({ guest }) => {
  await using ring = await ioUring.Ring.open(guest.root);
  const hour = time.timespec(3_600_000_000_000n);
  const { MULTISHOT, UPDATE, ABS } = ioUring.TIMEOUT;
  const start = ioUring.SQE.make({
    opcode: ioUring.OP.TIMEOUT,
    addr: hour,
    len: 1,
    timeout_flags: MULTISHOT,
    user_data: TIMER,
  });
  await ring.submit([start], { wait: 0 });
  const update = async (timeout_flags: number) => {
    const sqe = ioUring.SQE.make({ opcode: ioUring.OP.TIMEOUT_REMOVE, addr: TIMER, off: hour, timeout_flags });
    return (await ring.submit([sqe])).cqes.map(({ res }) => res);
  };
  return { relative: await update(UPDATE), absolute: await update(UPDATE | ABS) };
});
