import { availableParallelism } from 'node:os';

/** What a run may take of the host. */
export interface Capacity {
  /** Guests that work at once. */
  readonly cores: number;
  /** Memory for the guests that exist at once: those that work, idle or wait for their turn. */
  readonly memoryMiB: number;
}

/** One job's claim on the host. A job that never calls `begin` holds no core. */
export interface Turn {
  /** Waits for the memory of a guest of that size, which is held until the job's end; a second guest has the place of the first. */
  reserve(guestMiB: number): Promise<void>;
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
 * What the host carries.
 * @param cores guests that work at once, where the user says so; else one a core
 * @param availableMiB memory that the host can give (MemAvailable)
 */
export function capacityFor(cores: number | undefined, availableMiB: number): Capacity {
  return { cores: cores ?? availableParallelism(), memoryMiB: Math.floor(availableMiB * (1 - SPARED)) };
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
  const memory = new Permits(capacity.memoryMiB);
  let failed = false;
  const worker = async () => {
    for (;;) {
      await entries.take();
      const job = signal.aborted || failed ? undefined : queue.shift();
      if (job === undefined) {
        entries.give();
        return;
      }
      const claim = new Claim(cores, entries, memory);
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
  const workers = await Promise.allSettled(Array.from({ length: jobs.length }, worker));
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason;
}

class Claim implements Turn {
  readonly #cores: Permits;
  readonly #entries: Permits;
  readonly #memory: Permits;
  #reservedMiB = 0;
  #state: 'preparing' | 'working' | 'idle' | 'ended' = 'preparing';

  constructor(cores: Permits, entries: Permits, memory: Permits) {
    this.#cores = cores;
    this.#entries = entries;
    this.#memory = memory;
  }

  async reserve(guestMiB: number): Promise<void> {
    if (this.#reservedMiB > 0) return;
    this.#reservedMiB = this.#memory.most(guestMiB + OVERHEAD_MIB);
    await this.#memory.take(this.#reservedMiB);
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
    this.#memory.give(this.#reservedMiB);
    this.#state = 'ended';
  }
}

/** A counting semaphore, first come first served. */
class Permits {
  readonly #all: number;
  #free: number;
  readonly #waiting: { readonly count: number; readonly go: () => void }[] = [];

  constructor(all: number) {
    this.#all = all;
    this.#free = all;
  }

  /** As many as are asked for, or all there ever are: what is larger than the host has it for itself. */
  most(count: number): number {
    return Math.max(1, Math.min(count, this.#all));
  }

  take(count = 1): Promise<void> {
    if (this.#waiting.length === 0 && this.#free >= count) {
      this.#free -= count;
      return Promise.resolve();
    }
    return new Promise((go) => this.#waiting.push({ count, go }));
  }

  /** Takes one more than there are, where there is none: the next to be given back makes up for it. */
  takeAtOnce(): void {
    this.#free--;
  }

  give(count = 1): void {
    this.#free += count;
    for (let next = this.#waiting[0]; next !== undefined && this.#free >= next.count; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.count;
      next.go();
    }
  }
}
