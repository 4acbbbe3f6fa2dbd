import { type Guest, MAP, memory, PROT, scenario, syscall } from 'kconform';

const LENGTH = 64 * 1024;
const MCL_FUTURE = 2;
const ORDINARY = 0x40000000;
const DROPPABLE = 0x50000000;

export default scenario(async ({ guest }) => {
  await using process = await guest.spawn();
  const map = (at: number, type: number) =>
    syscall('mmap', at, LENGTH, PROT.READ | PROT.WRITE, type | MAP.ANONYMOUS | MAP.FIXED, -1, 0);
  const calls = await process.errnos({
    lockFuture: syscall('mlockall', MCL_FUTURE),
    ordinary: map(ORDINARY, MAP.PRIVATE),
    droppable: map(DROPPABLE, memory.MAP_TYPE.DROPPABLE),
  });
  return {
    calls,
    ordinaryLocked: await isLocked(guest, process.pid, ORDINARY),
    droppableLocked: await isLocked(guest, process.pid, DROPPABLE),
  };
});

/** Whether the mapping at the address has the flag lo in /proc/PID/smaps (proc(5)). */
async function isLocked(guest: Guest, pid: number, address: number): Promise<boolean | null> {
  const smaps = await guest.readFile(`/proc/${pid}/smaps`);
  const from = smaps.indexOf(`\n${address.toString(16)}-`);
  const flags = /^VmFlags: (.*)$/m.exec(from < 0 ? '' : smaps.slice(from))?.[1];
  return flags?.split(' ').includes('lo') ?? null;
}
