import { type Guest, GuestBuffer, ioUring, scenario } from 'kconform';

const AT_ONCE = 64;
const ROUNDS = 8;
/** open(2) */
const O_CLOEXEC = 0o2000000;
const PATH = new GuestBuffer(Buffer.from('/etc/passwd\0'));

/** An open into a slot of the ring, which has no descriptor that exec could close. */
const refused = () =>
  ioUring.SQE.make({ opcode: ioUring.OP.OPENAT, fd: -100, addr: PATH, open_flags: O_CLOEXEC, file_index: 1 });

export default scenario(async ({ guest }) => {
  await using ring = await ioUring.Ring.open(guest.root, { entries: AT_ONCE });
  await ring.submit([refused()]); // what the first one allocates stays
  const before = await unreclaimableKiB(guest);
  const results = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const { cqes } = await ring.submit(Array.from({ length: AT_ONCE }, refused), { wait: 0 });
    for (const { res } of cqes) results.add(res);
  }
  return { results: [...results], grownKiB: (await unreclaimableKiB(guest)) - before };
});

async function unreclaimableKiB(guest: Guest): Promise<number> {
  return Number(/^SUnreclaim:\s+(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1]);
}
