import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { Reporter, RunEvent } from '../events.ts';
import { notWritten } from './results.ts';
import { type ResultsFile, readResults } from './results-file.ts';
import { LEFT_FILES, storedFile } from './stored-run.ts';

/**
 * Says that a run replaces the results of an earlier one in its folder, and removes the logs of that run: those of a kernel or a case
 * that is not judged again would look like a part of the new run. Belongs before the reporter that writes results.json.
 */
export class EarlierResults implements Reporter {
  readonly #folder: string;
  readonly #say: (message: string) => void;

  constructor(folder: string, say: (message: string) => void) {
    this.#folder = resolve(folder);
    this.#say = say;
  }

  async on(event: RunEvent): Promise<void> {
    if (event.type !== 'run-started' || !existsSync(join(this.#folder, 'results.json'))) return;
    const earlier = await readResults(this.#folder).catch((error: unknown) => {
      if (error instanceof KconformError) return error;
      throw error;
    });
    if (earlier instanceof KconformError) {
      this.#say(`replacing ${join(this.#folder, 'results.json')}, which cannot be read`);
      return;
    }
    const { run, results } = earlier;
    const count = `${results.length} ${results.length === 1 ? 'result' : 'results'}`;
    this.#say(`replacing the earlier run in ${this.#folder} (${run.startedAt}, ${count})`);
    await this.#removeLogs(earlier);
  }

  async #removeLogs({ schema, results }: ResultsFile): Promise<void> {
    for (const result of results) {
      const files = LEFT_FILES.map((kind) => storedFile(this.#folder, schema, result, kind));
      for (const file of files)
        await rm(file, { force: true }).catch((cause: unknown) => {
          throw notWritten(file, cause);
        });
      for (const file of files.slice(0, 1)) await this.#removeEmpty(dirname(file));
    }
  }

  /** Up to the folder itself; one that has something else in it stays. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let path = folder; path.startsWith(`${this.#folder}/`); path = dirname(path)) {
      const isRemoved = await rmdir(path).then(
        () => true,
        () => false,
      );
      if (!isRemoved) return;
    }
  }
}
