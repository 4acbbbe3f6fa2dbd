import { AsyncLocalStorage } from 'node:async_hooks';
import { authorThrew, isOfScenario } from '../authors/author-threw.ts';
import { KconformError } from '../errors.ts';

/**
 * What one scenario began and did not await, as far as it failed: a command that was still running when the guest was ended, an
 * assertion in a function that is not awaited. Whichever process events tell of it is `note`d by who listens to them.
 */
export class Unawaited {
  static readonly #current = new AsyncLocalStorage<Unawaited>();
  static readonly #of = new WeakMap<object, Unawaited>();
  readonly #failures = new Map<unknown, unknown>();
  #over = false;

  /** @param by the promise that was rejected, or the error that was thrown @returns false where no scenario that still runs began it */
  static note(thrown: unknown, by: unknown): boolean {
    const own = Unawaited.#current.getStore();
    if (own === undefined || own.#over || !isOfScenario(thrown)) return false;
    own.#failures.set(by, thrown);
    if (typeof by === 'object' && by !== null) Unawaited.#of.set(by, own);
    return true;
  }

  /** It was awaited after all. */
  static forget(promise: object): void {
    const own = Unawaited.#of.get(promise);
    if (own !== undefined) own.#failures.delete(promise);
  }

  /** Whatever begins in the body is the scenario's. */
  during<T>(body: () => T): T {
    return Unawaited.#current.run(this, body);
  }

  /** What the case is to blame for, after its guest's end; what fails later is no longer taken down. */
  end(): KconformError | undefined {
    this.#over = true;
    const [first] = this.#failures.values();
    if (this.#failures.size === 0) return undefined;
    return new KconformError(`the scenario does not await what failed: ${authorThrew(first).message}`, {
      code: 'KC_UNAWAITED',
      blame: 'case',
      hint: 'await it, or say with .catch(() => undefined) that it may fail',
      cause: first,
    });
  }
}
