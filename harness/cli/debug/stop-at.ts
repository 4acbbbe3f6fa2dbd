import { addressesOf, noSuchFunction } from '../../guest/debug/functions.ts';
import { GdbRemote } from '../../guest/debug/gdb-remote.ts';
import type { DebugTarget } from '../../guest/debug/target.ts';

/**
 * Where the kernel begins to report that something is wrong: WARN (kernel/panic.c), oops and BUG (oops_enter), panic, and what prints
 * a stack of its own, such as lockdep, KASAN and "sleeping function called" (dump_stack_lvl). Hung tasks and stalls pass none of them.
 * A CPU has four hardware breakpoints.
 */
const SPLAT = ['__warn', 'oops_enter', 'panic', 'dump_stack_lvl'];

interface Armed {
  readonly target: DebugTarget;
  /** Of QEMU's gdb server. */
  readonly socket: string;
  readonly symbols: string | undefined;
  readonly version: string;
}

/** Breakpoints at functions of the kernel, until one of them is hit. */
export class StopAt implements Disposable {
  /** Where the guest stopped: `panic (CPU 0)`. The guest is stopped, and nothing of the breakpoints is left. */
  readonly reached: Promise<string>;
  readonly #remote: GdbRemote;
  #isOver = false;

  private constructor(remote: GdbRemote, places: ReadonlyMap<string, string>) {
    this.#remote = remote;
    this.reached = this.#run(places);
    this.reached.catch(() => undefined); // whoever waits sees it
  }

  /** @param place `splat`, `panic`, or a function. @throws KC_NO_SUCH_FUNCTION, KC_DEBUGGER */
  static async arm(place: string, { target, socket, symbols, version }: Armed): Promise<StopAt> {
    const names = place === 'splat' ? SPLAT : [place];
    const places = await addressesOf(names, symbols, target);
    if (places.size === 0) throw noSuchFunction(place, version);
    const remote = await GdbRemote.open(socket);
    try {
      for (const address of places.values()) await remote.setBreakpoint(address);
      return new StopAt(remote, places);
    } catch (error) {
      remote[Symbol.dispose]();
      throw error;
    }
  }

  async #run(places: ReadonlyMap<string, string>): Promise<string> {
    try {
      const { cpu, address } = await this.#remote.continue();
      for (const one of places.values()) await this.#remote.removeBreakpoint(one);
      const name = [...places].find(([, own]) => own === address)?.[0] ?? `0x${address}`;
      return `${name} (CPU ${cpu})`;
    } catch (error) {
      if (this.#isOver) return new Promise<never>(() => undefined); // nobody waits any more
      throw error;
    } finally {
      this.#remote[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#remote[Symbol.dispose]();
  }
}
