import { type Guest, MAP, PROT, scenario, syscall } from 'kconform';

const LENGTH = 4 << 20;
const AT = 0x40000000;
const ROUNDS = 16;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const secret = await root.syscall('memfd_secret', 0);
  const map = (flags: number, fd: number) =>
    syscall('mmap', AT, LENGTH, PROT.READ | PROT.WRITE, MAP.PRIVATE | MAP.FIXED | flags, fd, 0);
  // Secret memory can be shared only: the second mapping fails when the first one is gone already.
  const both = [map(MAP.ANONYMOUS, -1), map(0, secret.value)];
  const before = await committedKiB(guest);
  const { calls } = await root.batch(both, { repeat: ROUNDS });
  const grownKiB = (await committedKiB(guest)) - before;
  return { secret: secret.errno, first: calls[0]?.last.errno, second: calls[1]?.last.errno, grownKiB };
});

async function committedKiB(guest: Guest): Promise<number> {
  return Number(/^Committed_AS:\s+(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1]);
}
