/** Of one command's or program's output, so much is kept. */
const HEAD = 2_000;
/** A transcript holds no more lines than this: a scenario in a loop would fill the memory of the host. */
const LINE_LIMIT = 20_000;

/** What stands in a transcript at once, and gets its result later; until then it is unfinished, with what it printed so far. */
export interface Entry {
  /** What it printed; more of it may come. */
  printed(bytes: Buffer): void;
  /** Ends it as other lines in its place. */
  become(...lines: readonly string[]): void;
  /** Ends it, with lines below it and what it printed. */
  end(...lines: readonly string[]): void;
}

/**
 * What a scenario did in its guest, in order: shell commands with their exit code and the head of their output, system calls
 * like strace(1) writes them, and what was observed. It is complete at every moment, for scenarios that never end.
 */
export class Transcript {
  readonly #entries: string[][] = [];
  #dropped = 0;
  #lines = 0;
  readonly #variations = new Set<string>();

  /** @param what `mount("bpffs", "/mnt", …)`; its results follow in `end` */
  begin(what: string): Entry {
    const place = this.place();
    const become = (...now: readonly string[]) => place(now);
    become(`${what} <unfinished>`);
    let head = Buffer.alloc(0);
    let length = 0;
    return {
      become,
      printed: (bytes) => {
        length += bytes.length;
        if (head.length < HEAD) head = Buffer.concat([head, bytes.subarray(0, HEAD - head.length)]);
        become(`${what} <unfinished>`, ...headOf(head, length));
      },
      end: (...ended) => become(what, ...headOf(head, length), ...ended),
    };
  }

  /** The next place in it, empty so far. @returns puts lines there, in place of those that were there */
  place(): (lines: readonly string[]) => void {
    if (this.#lines >= LINE_LIMIT) {
      this.#dropped++;
      return () => undefined;
    }
    const lines: string[] = [];
    this.#entries.push(lines);
    return (now) => {
      this.#lines += now.length - lines.length;
      lines.splice(0, lines.length, ...now);
    };
  }

  note(...lines: readonly string[]): void {
    for (const line of lines) this.begin(line).end();
  }

  /** Takes down that the scenario did what may come out otherwise the next time, as a noun phrase: `a race`. */
  varies(what: string): void {
    this.#variations.add(what);
  }

  variations(): readonly string[] {
    return [...this.#variations];
  }

  observed(observations: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(observations)) this.note(`observed ${name}: ${JSON.stringify(value)}`);
  }

  text(): string {
    const lines = this.#entries.flat();
    if (this.#dropped > 0) lines.push(`(${this.#dropped} more calls are left out)`);
    return lines.map((line) => `${line}\n`).join('');
  }
}

/** Lines of output, set off from what was done. */
function headOf(head: Buffer, length: number): string[] {
  if (length === 0) return [];
  const lines = head.toString('utf8').replace(/\n$/, '').split('\n');
  return [
    ...lines.map((line) => `  | ${line}`),
    ...(length > head.length ? [`  (${length - head.length} more bytes)`] : []),
  ];
}
