import { GuestBuffer, ioUring, scenario } from 'kconform';

/** struct io_uring_napi: busy_poll_to in µs, and flags. */
const SIZE = 16;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await using ring = await ioUring.Ring.open(root);
  const asked = Buffer.alloc(SIZE);
  asked.writeUInt32LE(50_000);
  const registered = await ring.register(ioUring.REGISTER.NAPI, new GuestBuffer(asked), 1);
  const previous = new GuestBuffer(Buffer.alloc(SIZE), true);
  const { contents } = await root.batch([
    { name: 'io_uring_register', args: [ring.fd, ioUring.REGISTER.NAPI, previous, 1] },
  ]);
  return { registered: registered.errno, microseconds: contents.get(previous)?.readUInt32LE(0) ?? null };
});
