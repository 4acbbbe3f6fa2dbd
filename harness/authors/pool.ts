import { AuthorProcess } from './process.ts';

/** Processes that are started before they are wanted, while guests work. Each is used once. */
export class AuthorPool implements AsyncDisposable {
  readonly #ready: Promise<AuthorProcess>[] = [];
  readonly #size: number;

  /** @param size how many wait; a start takes some 0.1 s of CPU and 50 MB of memory */
  constructor(size: number) {
    this.#size = size;
  }

  async take(): Promise<AuthorProcess> {
    const process = this.#ready.shift() ?? AuthorProcess.start();
    this.fill();
    return process;
  }

  /** Starts those that are missing. */
  fill(): void {
    while (this.#ready.length < this.#size) {
      const starting = AuthorProcess.start();
      starting.catch(() => undefined); // told to whoever takes it
      this.#ready.push(starting);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = await Promise.allSettled(this.#ready.splice(0));
    for (const one of left) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
  }
}
