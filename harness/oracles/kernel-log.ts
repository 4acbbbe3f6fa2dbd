import type { Control } from '../guest/qemu/control.ts';

/**
 * The kernel log of one case, read by the guest's init through a descriptor that was open before the case began. It is the second
 * witness beside the console: the console's level, half-printed lines and a console that is cut off do not matter to it, and
 * programs cannot write to it in the kernel's name.
 */
export class KernelLog {
  readonly #control: Pick<Control, 'readLog'>;
  readonly #lines: string[] = [];
  #isLost = false;
  #isUnreadable = false;

  constructor(control: Pick<Control, 'readLog'>) {
    this.#control = control;
  }

  /** Reads what was logged since the last time. @returns whether there was anything */
  async read(): Promise<boolean> {
    const { records, lost, errno } = await this.#control.readLog();
    this.#isLost ||= lost;
    this.#isUnreadable ||= errno !== 0;
    for (const record of records) this.#lines.push(...linesOf(record));
    return records.length > 0;
  }

  /** True when records were overwritten before they were read. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** False too on a kernel without a log (CONFIG_PRINTK). */
  get isWhole(): boolean {
    return !this.#isLost && !this.#isUnreadable;
  }

  /** What was read so far, as the console shows it. */
  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}

/** A record as the lines that the console shows of it (Documentation/ABI/testing/dev-kmsg). */
function linesOf(record: string): string[] {
  const [, time, caller, escaped = ''] = /^\d+,\d+,(\d+),[^,;]*(?:,caller=([TC]\d+))?[^;]*;(.*)$/.exec(record) ?? [];
  if (time === undefined) return [];
  const digits = time.padStart(7, '0');
  const at = `[${digits.slice(0, -6).padStart(5)}.${digits.slice(-6)}]`;
  const by = caller === undefined ? '' : `[${caller.padStart(6)}]`;
  return unescaped(escaped)
    .split('\n')
    .map((line) => `${at}${by} ${line}`);
}

/** Control characters, backslashes and all that is not ASCII stand as `\x0a` (msg_add_ext_text in kernel/printk/printk.c). */
function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
