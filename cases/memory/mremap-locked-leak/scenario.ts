import { MAP, memory, PROT, scenario, syscall } from 'kconform';

const PAGE = 4096;
const AT = 0x40000000;
const TO = 0x50000000;

export default scenario(async ({ guest }) => {
  await using process = await guest.spawn();
  const flags = memory.MREMAP.MAYMOVE | memory.MREMAP.FIXED | memory.MREMAP.DONTUNMAP;
  const calls = await process.errnos({
    map: syscall('mmap', AT, 3 * PAGE, PROT.READ | PROT.WRITE, MAP.PRIVATE | MAP.ANONYMOUS | MAP.FIXED, -1, 0),
    lock: syscall('mlock', AT, 3 * PAGE),
    moveMiddle: syscall('mremap', AT + PAGE, PAGE, PAGE, flags, TO),
    unmapOld: syscall('munmap', AT, 3 * PAGE),
    unmapNew: syscall('munmap', TO, PAGE),
  });
  const status = await guest.readFile(`/proc/${process.pid}/status`);
  return { calls, lockedKiB: Number(/^VmLck:\s+(\d+) kB$/m.exec(status)?.[1]) };
});
