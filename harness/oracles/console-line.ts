/** One line of a console, taken apart. */
export interface ConsoleLine {
  /** Seconds since the guest's boot; null on a line without a time stamp. */
  readonly at: number | null;
  /** The thread or CPU that printed it (`T71`, `C0`), where the kernel tells (CONFIG_PRINTK_CALLER). */
  readonly caller: string | null;
  readonly text: string;
}

/** Reads off log level, time stamp, caller, and a terminal's escape sequences. */
export function readConsoleLine(raw: string): ConsoleLine {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: firmware and shells write escape sequences to the console
  const plain = raw.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').trimEnd();
  const prefix = /^(?:<\d+>)?(?:\[ *(\d+\.\d+)\] ?(?:\[ *([TC]\d+)\] ?)?)?/.exec(plain);
  const [whole = '', at, caller] = prefix ?? [];
  return { at: at === undefined ? null : Number(at), caller: caller ?? null, text: plain.slice(whole.length) };
}
