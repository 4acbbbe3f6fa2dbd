import { KconformError } from '../../errors/error.ts';

/** How a process ended: an exit code or the number of a signal; neither when that is unknown. */
export interface ProcessEnd {
  /** What it gave exit(2), in the lower 8 bits. */
  readonly exitCode: number | null;
  /** See SIG. */
  readonly signal: number | null;
}

/** Which processes have ended, and how. */
export class ProcessEnds {
  readonly #ended = new Map<number, { readonly end: ProcessEnd; readonly error: KconformError }>();
  readonly #awaited = new Map<number, (end: ProcessEnd) => void>();

  /** For a request to a process that has ended: KC_PROCESS_ENDED (case). */
  errorOf(process: number): KconformError | undefined {
    return this.#ended.get(process)?.error;
  }

  /** @param status as wait(2) gives it; negative when it is unknown. @returns the error of requests to the process */
  add(process: number, status: number): KconformError {
    const signal = status & 0x7f;
    const known = status >= 0;
    const end = {
      exitCode: known && signal === 0 ? (status >> 8) & 0xff : null,
      signal: known && signal !== 0 ? signal : null,
    };
    const how =
      end.exitCode !== null ? ` with exit code ${end.exitCode}` : end.signal !== null ? ` by signal ${signal}` : '';
    const error = new KconformError(`a process of the scenario ended${how}`, {
      code: 'KC_PROCESS_ENDED',
      blame: 'case',
    });
    this.#ended.set(process, { end, error });
    this.#awaited.get(process)?.(end);
    return error;
  }

  /** @throws KC_PROCESS_TIMEOUT (case) when it has not ended after `limitMs` */
  async wait(process: number, limitMs: number): Promise<ProcessEnd> {
    const known = this.#ended.get(process);
    if (known !== undefined) return known.end;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ProcessEnd>((resolve, reject) => {
        this.#awaited.set(process, resolve);
        const error = new KconformError(`a process in the guest did not end within ${limitMs / 1000} s`, {
          code: 'KC_PROCESS_TIMEOUT',
          blame: 'case',
          evidence: { awaited: 'end of a process', afterMs: limitMs },
        });
        timer = setTimeout(() => reject(error), limitMs);
      });
    } finally {
      clearTimeout(timer);
      this.#awaited.delete(process);
    }
  }
}
