import { type Health, type LogPart, readEnd, readHealth, unexpected } from '../qemu/control.ts';

/** What a command under a schedule left behind. */
export interface Answers {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly end: { readonly how: 'exit' | 'signal' | 'limit' | 'stuck'; readonly number: number };
  readonly before: Health;
  readonly after: Health;
  readonly log: LogPart;
}

/**
 * Reads what images/guest/schedule.c has sent; undefined where the guest ended before all was sent.
 * @throws KC_GUEST_INIT (harness) for what it does not send
 */
export function readAnswers(bytes: Buffer): Answers | undefined {
  try {
    return readWhole(bytes);
  } catch (error) {
    if (error instanceof CutOff) return undefined;
    throw error;
  }
}

class CutOff extends Error {}

function readWhole(bytes: Buffer): Answers {
  const reader = new Reader(bytes);
  reader.expect(/^end 0$/);
  const before = readHealth(reader.line());
  const [, how = '', number = ''] = reader.expect(/^ended (exit|signal|limit|stuck) (\d+)$/);
  const stdout = reader.stream('stdout');
  const stderr = reader.stream('stderr');
  const after = readHealth(reader.line());
  const log = reader.log();
  reader.expect(/^whole$/);
  const kind = how === 'exit' || how === 'signal' || how === 'stuck' ? how : 'limit';
  return { stdout, stderr, end: { how: kind, number: Number(number) }, before, after, log };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new CutOff();
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  expect(pattern: RegExp): RegExpExecArray {
    const line = this.line();
    const match = pattern.exec(line);
    if (match === null) throw unexpected(line);
    return match;
  }

  stream(name: string): Buffer {
    const length = Number(this.expect(new RegExp(`^${name} (\\d+)$`))[1]);
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new CutOff();
    this.expect(/^$/);
    return bytes;
  }

  /** As Control.readLog reads it. */
  log(): LogPart {
    const records: string[] = [];
    let lost = false;
    for (;;) {
      const line = this.line();
      if (line === 'lost') lost = true;
      else if (line.startsWith('|')) records.push(line.slice(1));
      else if (!line.startsWith(' ')) return { records, lost, errno: readEnd(line) };
    }
  }
}
