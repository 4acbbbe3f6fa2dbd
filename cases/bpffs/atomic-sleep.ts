import { setTimeout as sleep } from 'node:timers/promises';
import { bpf, type Call, type GuestProcess, matching, syscall } from 'kconform';
import { KernelLog } from './kernel-log.ts';
import { newMap, pin, released } from './objects.ts';

/** __might_resched in kernel/sched/core.c speaks once a second at most; and a little for the guest's clock. */
const SPEAKS_EVERY_MS = 1_100;

export const SLEPT = matching(
  /^BUG: sleeping function called from invalid context at (kernel\/bpf\/hashtab\.c|(\.\/)?include\/linux\/rcupdate_wait\.h):\d+$/,
);

/** Listens to what the kernel says of the release of maps. */
export class Listener {
  readonly #process: GuestProcess;
  readonly #log: KernelLog;

  private constructor(process: GuestProcess, log: KernelLog) {
    this.#process = process;
    this.#log = log;
  }

  static async start(process: GuestProcess): Promise<Listener> {
    return new Listener(process, await KernelLog.open(process));
  }

  /** Pins a map that nothing else holds. @returns its id */
  async pinned(path: string, map: Partial<bpf.MapCreate>): Promise<number> {
    const fd = await newMap(this.#process, map);
    const id = await bpf.objectId(this.#process, fd, 'map');
    await this.#process.batch([pin(path, fd), syscall('close', fd)], { stopAtError: true });
    return id;
  }

  /**
   * The BUG that the kernel reports while the calls are made one after another and the map is released, which the last of them
   * brings about; null when it says none.
   */
  async saidOf(id: number, ...calls: readonly Call[]): Promise<string | null> {
    const { calls: made } = await this.#process.batch(calls);
    const failed = made.find(({ last }) => last.errno !== null);
    if (failed !== undefined) return failed.last.errno;
    if (!(await released(this.#process, 'map', id))) return 'the map was not released';
    const bug = (await this.#log.news()).find((message) => message.startsWith('BUG:')) ?? null;
    if (bug !== null) await sleep(SPEAKS_EVERY_MS);
    return bug;
  }
}
