import { availableParallelism } from 'node:os';

/** What a run may take of the host. */
export interface Capacity {
  /** Guests that work at once. */
  readonly cores: number;
  /** Guests that exist at once: those that work, idle or wait for their turn. */
  readonly guests: number;
}

/** One job's claim on the host. A job that never calls `begin` holds no core. */
export interface Turn {
  /** Waits for a core, which is held until the job's end; what was done before was done while others worked. */
  begin(): Promise<void>;
  /**
   * Gives the core away while the guest only sleeps. Afterwards the job goes on at once, for a while beside one more than
   * there are cores: a wait here would count as the guest's own silence.
   */
  idle<T>(wait: () => Promise<T>): Promise<T>;
}

/** Memory of the host that guests leave alone, as a share, and what QEMU takes beside the guest's own memory, in MiB. */
const SPARED = 0.2;
const OVERHEAD_MIB = 64;

/**
 * How many guests the host carries.
 * @param cores guests that work at once, where the user says so; else one a core
 * @param availableMiB memory that the host can give (MemAvailable)
 */
export function capacityFor(cores: number | undefined, availableMiB: number, guestMiB: number): Capacity {
  const guests = Math.max(1, Math.floor((availableMiB * (1 - SPARED)) / (guestMiB + OVERHEAD_MIB)));
  return { cores: Math.min(cores ?? availableParallelism(), guests), guests };
}

/** MemAvailable of /proc/meminfo (proc(5)), in MiB. */
export function availableMemory(meminfo: string): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024;
}

/**
 * Works through the jobs in their order. As many as there are cores work at once, as many again make their guests ready
 * meanwhile and one that idles makes room for another. Takes no further job once `signal` is aborted.
 * @throws the first error that `work` threw, when all that was begun has ended
 */
export async function schedule<T>(
  jobs: readonly T[],
  capacity: Capacity,
  signal: AbortSignal,
  work: (job: T, turn: Turn) => Promise<void>,
): Promise<void> {
  const queue = [...jobs];
  const cores = new Permits(capacity.cores);
  const entries = new Permits(capacity.cores);
  let failed = false;
  const worker = async () => {
    for (;;) {
      await entries.take();
      const job = signal.aborted || failed ? undefined : queue.shift();
      if (job === undefined) {
        entries.give();
        return;
      }
      const claim = new Claim(cores, entries);
      try {
        await work(job, claim);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        claim.end();
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(capacity.guests, jobs.length) }, worker));
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason;
}

class Claim implements Turn {
  readonly #cores: Permits;
  readonly #entries: Permits;
  #state: 'preparing' | 'working' | 'idle' | 'ended' = 'preparing';

  constructor(cores: Permits, entries: Permits) {
    this.#cores = cores;
    this.#entries = entries;
  }

  async begin(): Promise<void> {
    if (this.#state !== 'preparing') return;
    await this.#cores.take();
    this.#state = 'working';
    this.#entries.give();
  }

  async idle<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#state !== 'working') return wait();
    this.#state = 'idle';
    this.#cores.give();
    try {
      return await wait();
    } finally {
      this.#resume();
    }
  }

  /** Nothing to resume when the job was given up while its guest slept. */
  #resume(): void {
    if (this.#state !== 'idle') return;
    this.#cores.takeAtOnce();
    this.#state = 'working';
  }

  end(): void {
    if (this.#state === 'preparing') this.#entries.give();
    if (this.#state === 'working') this.#cores.give();
    this.#state = 'ended';
  }
}

/** A counting semaphore, first come first served. */
class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes one more than there are, where there is none: the next to be given back makes up for it. */
  takeAtOnce(): void {
    this.#free--;
  }

  give(): void {
    const next = this.#free < 0 ? undefined : this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
