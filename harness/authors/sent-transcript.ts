import { Transcript } from '../scenario/api/transcript.ts';

type Changes = readonly (readonly [number, readonly string[]])[];

/** A transcript that is kept by another process: each change is sent there when the event loop comes round. */
export class SentTranscript extends Transcript {
  readonly #sendChanges: (changes: Changes) => void;
  readonly #sendVariation: (what: string) => void;
  readonly #changed = new Map<number, readonly string[]>();
  #count = 0;
  #soon: NodeJS.Immediate | undefined;

  constructor(sendChanges: (changes: Changes) => void, sendVariation: (what: string) => void) {
    super();
    this.#sendChanges = sendChanges;
    this.#sendVariation = sendVariation;
  }

  override varies(what: string): void {
    this.#sendVariation(what);
  }

  override place(): (lines: readonly string[]) => void {
    const number = this.#count++;
    return (lines) => {
      this.#changed.set(number, lines);
      this.#soon ??= setImmediate(() => this.flush());
    };
  }

  /** Sends what has changed at once. */
  flush(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#changed.size === 0) return;
    this.#sendChanges([...this.#changed]);
    this.#changed.clear();
  }
}

/** Puts changes that a SentTranscript sent into one of this process. */
export function receiver(transcript: Transcript): (changes: Changes) => void {
  const places = new Map<number, (lines: readonly string[]) => void>();
  return (changes) => {
    for (const [number, lines] of changes) {
      const place = places.get(number) ?? transcript.place();
      places.set(number, place);
      place(lines);
    }
  };
}
