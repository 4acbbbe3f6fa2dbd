import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds that each thread of a process was ready to run and got no CPU, by thread. */
type Waited = ReadonlyMap<string, number>;

/**
 * How long a process has been kept waiting by a host that has more to run than CPUs. A guest that is late because its QEMU got
 * no CPU is no guest that hangs.
 */
export class CpuDelay {
  readonly #pid: number;
  readonly #before: Waited;

  constructor(pid: number) {
    this.#pid = pid;
    this.#before = waited(pid);
  }

  /** Milliseconds since the beginning: of the thread that waited most, for a guest of one CPU is one thread. */
  ms(): number {
    let most = 0;
    for (const [thread, total] of waited(this.#pid)) most = Math.max(most, total - (this.#before.get(thread) ?? 0));
    return most / 1e6;
  }
}

/** The second number of schedstat (Documentation/scheduler/sched-stats.rst); nothing where the host's kernel counts none. */
function waited(pid: number): Waited {
  const folder = `/proc/${pid}/task`;
  try {
    return new Map(
      readdirSync(folder).map((thread) => [
        thread,
        Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[1]),
      ]),
    );
  } catch {
    return new Map(); // the process or a thread of it has ended, or this host does not count
  }
}
