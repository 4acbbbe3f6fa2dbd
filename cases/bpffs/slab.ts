import type { Guest } from 'kconform';

/** Slab that cannot be given back, of the whole guest, in KiB (proc(5), /proc/meminfo). */
export async function unreclaimableKiB(guest: Guest): Promise<number> {
  return Number(/^SUnreclaim:\s+(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1]);
}
