import { LARGEST_SEED } from '../../machine/machine.ts';
import type { Seeds } from './options.ts';

/** Which seeds of a search are still to be tried. */
export class Untried {
  readonly #end: number;
  readonly #running = new Set<number>();
  #next: number;

  constructor({ first, count }: Seeds) {
    this.#next = first;
    this.#end = first + count;
  }

  /** The next seed; undefined when all were taken. */
  take(): number | undefined {
    if (this.#next >= this.#end) return undefined;
    const seed = this.#next++;
    this.#running.add(seed);
    return seed;
  }

  /** The seed was tried to its end. */
  finish(seed: number): void {
    this.#running.delete(seed);
  }

  /** From where on another search tries all that this one did not; undefined after the largest seed. */
  first(): number | undefined {
    const seed = Math.min(this.#next, ...this.#running);
    return seed > LARGEST_SEED ? undefined : seed;
  }
}
