import { startLimit } from './limits/limit.ts';
import type { ProcessPause } from './limits/process-pause.ts';
import { type Console, lastRecord } from './qemu/console.ts';
import type { Control } from './qemu/control.ts';

/** A panic or a restart ends QEMU within milliseconds. A guest that has halted, or hangs in its panic, stays silent for so long. */
const SILENCE_MS = 5_000;

/** The QEMU process of the guest. */
interface Process {
  readonly pid: number;
  readonly pause: ProcessPause;
  readonly exited: Promise<unknown>;
}

/**
 * Messages on the console with which a guest ends: a panic, or a restart that was asked for. User space can write the same words
 * to /dev/console or /dev/kmsg, so one counts only when the guest does not answer after it.
 */
export class LastMessages {
  readonly #console: Console;
  readonly #control: Control;
  readonly #process: Process;
  /** Length of the console's text up to which every message proved to be user space's own. */
  #disproved = 0;
  #judging: Promise<void> | undefined;

  constructor(console: Console, control: Control, process: Process) {
    this.#console = console;
    this.#control = control;
    this.#process = process;
  }

  /** Calls `onSilence` when the guest has stopped answering after such a message and QEMU still runs. */
  watch(onSilence: () => void): void {
    const look = (all: string) => {
      if (this.#judging !== undefined || lastRecord(all.slice(this.#disproved)) === undefined) return;
      this.#judging = this.#isAlive().then((alive) => {
        this.#judging = undefined;
        if (alive === false) onSilence();
        if (alive !== true) return;
        this.#disproved = all.length;
        look(this.#console.text()); // what was printed meanwhile
      });
    };
    this.#console.watch(look);
  }

  /** What the guest has printed, without what is known to be no message of the kernel's. */
  credible(): string {
    return this.#console.text().slice(this.#disproved);
  }

  /** Resolves when each message so far has been judged. */
  async judged(): Promise<void> {
    await this.#judging;
  }

  /** undefined: QEMU has exited, which says more. */
  async #isAlive(): Promise<boolean | undefined> {
    // What init said before the message may be read after it. Only its answer to what is asked now shows that it lives.
    const answered = this.#control.settle().then(
      () => true,
      () => new Promise<never>(() => {}), // a request that fails says nothing: the silence or the exit decides
    );
    const exited = this.#process.exited.then(() => undefined);
    for (;;) {
      let stop = () => {};
      const silence = new Promise<false>((resolve) => {
        stop = startLimit(SILENCE_MS, this.#process, () => resolve(false));
      });
      const heard = this.#control.hears().then(() => 'heard' as const);
      const first = await Promise.race([answered, exited, silence, heard]);
      stop();
      if (first !== 'heard') return first;
    }
  }
}
