import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** How often a running guest's console is looked at: a panic is noticed this much later at the most. */
const LOOK_EVERY_MS = 100;

/** The serial console of a guest: a file that QEMU appends to, and we follow. */
export class Console {
  readonly path: string;
  #timer: NodeJS.Timeout | undefined;
  #text = '';
  #read = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Calls `onText` with all text so far whenever there is more, until `unwatch`. */
  watch(onText: (all: string) => void): void {
    this.#timer = setInterval(() => {
      if (this.#append()) onText(this.#text);
    }, LOOK_EVERY_MS);
  }

  /** Calls `onText` with what was printed since `from` (a length of text), piece by piece, until the result is disposed. */
  follow(from: number, onText: (more: string) => void): Disposable {
    let seen = from;
    const look = () => {
      const more = this.text().slice(seen);
      seen += more.length;
      if (more !== '') onText(more);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    return {
      [Symbol.dispose]() {
        clearInterval(timer);
        look();
      },
    };
  }

  unwatch(): void {
    clearInterval(this.#timer);
  }

  /** Everything the guest has printed until now, with line feeds only. */
  text(): string {
    this.#append();
    return this.#text;
  }

  lastLines(count: number): string[] {
    return this.text().trimEnd().split('\n').slice(-count);
  }

  #append(): boolean {
    const bytes = this.#newBytes();
    if (bytes.length === 0) return false;
    this.#text += bytes.toString('latin1').replaceAll('\r', '');
    return true;
  }

  #newBytes(): Buffer {
    let descriptor: number;
    try {
      descriptor = openSync(this.path, 'r');
    } catch {
      return Buffer.alloc(0); // QEMU has not made the file yet
    }
    try {
      const parts: Buffer[] = [];
      for (;;) {
        const part = Buffer.allocUnsafe(65536);
        const count = readSync(descriptor, part, 0, part.length, this.#read);
        if (count === 0) return Buffer.concat(parts);
        this.#read += count;
        parts.push(part.subarray(0, count));
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

/** The line with which a kernel gives up, or undefined. */
export function panicLine(text: string): string | undefined {
  return /Kernel panic - not syncing: .*/.exec(text)?.[0];
}

/**
 * What our own init said when it gave up, which the kernel answers with a panic (`exitcode=0x00000100`: it left, no signal
 * killed it); undefined for every other panic.
 */
export function initGaveUp(text: string): string | undefined {
  const words =
    /^kconform init: (.+)\n(?:(?!kconform init: )[^\n]*\n)*?[^\n]*Attempted to kill init! exitcode=0x0000..00/m;
  return words.exec(text)?.[1];
}

/** Whole text of a console log file on disk. */
export function readConsole(path: string): string {
  return readFileSync(path, 'latin1').replaceAll('\r', '');
}
