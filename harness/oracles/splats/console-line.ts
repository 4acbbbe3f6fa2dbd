/** One line of a console, taken apart. */
export interface ConsoleLine {
  /** Seconds since the guest's boot; null on a line without a time stamp. */
  readonly at: number | null;
  /** The thread or CPU that printed it (`T71`, `C0`), where the kernel tells (CONFIG_PRINTK_CALLER). */
  readonly caller: string | null;
  readonly text: string;
}

/**
 * Takes log level, time stamp, caller and a terminal's escape sequences off a line. What a program printed to the console
 * without a line feed stands in front of the kernel's next record: it is left out, as it is not part of the record.
 */
export function readConsoleLine(raw: string): ConsoleLine {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: firmware and shells write escape sequences to the console
  const plain = raw.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').trimEnd();
  const record = startOfRecord(plain);
  const prefix = /^(?:<\d+>)?(?:\[ *(\d+\.\d+)\] ?(?:\[ *([TC]\d+)\] ?)?)?/.exec(record);
  const [whole = '', at, caller] = prefix ?? [];
  return { at: at === undefined ? null : Number(at), caller: caller ?? null, text: record.slice(whole.length) };
}

/** From the first time stamp on, wherever it stands; the whole line where there is none. A record may quote a later one. */
function startOfRecord(line: string): string {
  if (/^(?:<\d+>)?\[ *\d+\.\d+\]/.test(line)) return line;
  // "[%5lu.%06lu]" (print_time in kernel/printk/printk.c); something shorter may be a program's own text.
  const stamp = /\[ {0,4}\d+\.\d{6}\](?:\[ *[TC]\d+\])? /.exec(line);
  return stamp === null ? line : line.slice(stamp.index);
}
