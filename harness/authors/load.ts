import { KconformError } from '../errors/error.ts';
import { decodeData } from '../expect/matchers/data-json.ts';
import { AuthorCompiler, type Compiled } from './compile.ts';
import { AuthorProcess } from './process.ts';

/** For one file and what it imports, on a machine that does other things too. */
const LIMIT_MS = 10_000;

/**
 * Reads default exports of authors' files as data. One process loads one file after another; a file that changes what the next
 * one would find there, or ends or blocks the process, is its last.
 */
export class AuthorLoader implements AsyncDisposable {
  readonly #compiler: AuthorCompiler;
  #process: AuthorProcess | undefined;
  /** Whether it has loaded a file already. */
  #isUsed = false;
  #queue: Promise<unknown> = Promise.resolve();

  readonly #limitMs: number;

  private constructor(compiler: AuthorCompiler, limitMs: number) {
    this.#compiler = compiler;
    this.#limitMs = limitMs;
  }

  /** @param limitMs how long one file may take */
  static async create(limitMs = LIMIT_MS): Promise<AuthorLoader> {
    return new AuthorLoader(await AuthorCompiler.create(), limitMs);
  }

  /** Compiles a file without loading it. @throws KC_CASE_BROKEN (case) with file and line */
  compile(file: string): Promise<Compiled> {
    return this.#compiler.compile(file);
  }

  /**
   * The default export of a TypeScript file; undefined where it has none.
   * @throws KconformError (case) in the words of what the file threw; KC_CASE_BROKEN, KC_AUTHOR_EXIT,
   * KC_AUTHOR_TIMEOUT (case); KC_AUTHOR_KILLED, KC_AUTHOR_PROCESS (host)
   */
  async load(file: string): Promise<unknown> {
    return this.loadCompiled(await this.compile(file));
  }

  /** The default export of what `compile` made. @throws as load */
  async loadCompiled(compiled: Compiled): Promise<unknown> {
    const loaded = this.#queue.then(() => this.#load(compiled));
    this.#queue = loaded.catch(() => undefined);
    return loaded;
  }

  async #load(compiled: Compiled): Promise<unknown> {
    const wasUsed = this.#isUsed;
    try {
      return await this.#loadInProcess(compiled);
    } catch (error) {
      // A timer that an earlier file left may be to blame.
      if (!wasUsed || !(error instanceof KconformError)) throw error;
      return this.#loadInProcess(compiled);
    }
  }

  async #loadInProcess({ source, file }: Compiled): Promise<unknown> {
    this.#process ??= await AuthorProcess.start();
    this.#isUsed = true;
    try {
      const awaited = `end of the loading of ${source}`;
      const { data, clean } = await this.#process.ask({ type: 'load', file }, 'loaded', awaited, this.#limitMs);
      if (!clean) await this.#end();
      return decodeData(data);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  async #end(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
    this.#isUsed = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    await this.#end();
  }
}

/** One file in a process of its own; see AuthorLoader. */
export async function loadAuthorFile(file: string): Promise<unknown> {
  await using loader = await AuthorLoader.create();
  return await loader.load(file);
}
