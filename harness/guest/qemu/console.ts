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
    let seen = 0; // text() may have read the newest text already, for another caller
    this.#timer = setInterval(() => {
      const all = this.text();
      if (all.length === seen) return;
      seen = all.length;
      onText(all);
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

  #append(): void {
    this.#text += this.#newBytes().toString('latin1').replaceAll('\r', '');
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

/** A message with which a guest ends. */
export interface EndRecord {
  /** `asked`: user space asked for a restart, a power-off or a halt. */
  readonly kind: 'panic' | 'asked';
  /** The message without its time stamp. */
  readonly text: string;
}

/**
 * What the kernel prints when it gives up (kernel/panic.c), and when user space has asked it to restart, to power off or to halt
 * (kernel/reboot.c, drivers/tty/sysrq.c). A triple fault and emergency_restart() print none of these.
 */
const END_RECORD =
  /(Kernel panic - not syncing: .*)|(reboot: (?:Restarting system|Power down|System halted).*|sysrq: (?:Resetting|Power Off).*)/;

/** What stands before a record of the kernel's log: the beginning of a line, or a time stamp and perhaps who printed it. */
const RECORD_START = /(?:^|\[ *\d+\.\d{6}\] ?(?:\[ *[TC]\d+\] ?)?)/;

/** The last message with which a guest ends; undefined where there is none. User space may have written it to the console. */
export function lastRecord(text: string): EndRecord | undefined {
  const records = text.matchAll(new RegExp(`${RECORD_START.source}(?:${END_RECORD.source})`, 'gm'));
  const [, panic, asked] = [...records].at(-1) ?? [];
  if (panic !== undefined) return { kind: 'panic', text: panic };
  return asked === undefined ? undefined : { kind: 'asked', text: asked };
}

/**
 * Why our own init exited, where the kernel panicked for that: an exit status (`exitcode=0x00000100`), and no signal, which would
 * be a crash. Its message may be missing.
 */
export function initFailure(text: string): string | undefined {
  const end = /Attempted to kill init! exitcode=0x0000([0-9a-f]{2})00/.exec(text);
  if (end === null) return undefined;
  const messages = text.slice(0, end.index).matchAll(/kconform init: (.+)/g);
  const message = [...messages].at(-1)?.[1];
  return message ?? `it exited with status ${Number.parseInt(end[1] ?? '', 16)}, and its message is not on the console`;
}

/**
 * Why the kernel did not unpack all of the guest's files; undefined where it did. It goes on with what it has (init/initramfs.c,
 * do_populate_rootfs): with CONFIG_BLK_DEV_RAM, it takes the rest for another kind of image.
 */
export function unpackingFailure(text: string): string | undefined {
  const record = /(?:Initramfs unpacking failed: |rootfs image is not initramfs \()([^\n)]*)/;
  return new RegExp(`${RECORD_START.source}${record.source}`, 'm').exec(text)?.[1];
}

/** Whole text of a console log file on disk. */
export function readConsole(path: string): string {
  return readFileSync(path, 'latin1').replaceAll('\r', '');
}
