import { Names } from '../names.ts';
import { NO_RESULT, type Reading, type Subtest, type SubtestStatus } from '../results.ts';

const STATUSES: Readonly<Record<string, SubtestStatus>> = { OK: 'pass', FAILED: 'fail', SKIPPED: 'skip' };

/**
 * Reads what GoogleTest prints: `[ RUN      ] Suite.Name` and its end. A program may have printed without a line feed before
 * either, so they may stand anywhere in a line. A test that begins and does not end has failed.
 *
 * Source: PrettyUnitTestResultPrinter in googletest/src/gtest.cc
 */
export function readGoogleTest(lines: readonly string[]): Reading {
  const reader = new GoogleTestReader();
  for (const line of lines) reader.read(line);
  return reader.end();
}

class GoogleTestReader {
  readonly #names = new Names();
  readonly #subtests: Subtest[] = [];
  readonly #problems: string[] = [];
  #running: string | undefined;
  #diagnostics: string[] = [];
  /** How many tests the iteration announced that runs now, and how many ended. */
  #announced: number | undefined;
  #ended = 0;

  read(line: string): void {
    const found = /\[( RUN {6}| {7}OK | {2}FAILED {2}| {2}SKIPPED |={10})\] (.*)$/.exec(line);
    const word = found?.[1]?.trim();
    const text = found?.[2] ?? '';
    if (found !== null && found.index > 0) this.#note(line.slice(0, found.index));
    if (word === undefined) this.#note(line);
    else if (word.startsWith('=')) this.#frame(text);
    else if (word === 'RUN') this.#begin(text.trim());
    else this.#finish(word, text);
  }

  #note(text: string): void {
    if (this.#running !== undefined && text.trim() !== '') this.#diagnostics.push(text.trimEnd());
  }

  /** `[==========] Running 3 tests from 1 test suite.`, `[==========] 3 tests from 1 test suite ran. (0 ms total)` */
  #frame(text: string): void {
    const started = /^Running (\d+) tests? from /.exec(text);
    if (started === null) {
      if (/ ran\.| tests? passed\.$/.test(text)) this.#endIteration();
      return;
    }
    if (this.#announced !== undefined) this.#endIteration();
    this.#announced = Number(started[1]);
    this.#ended = 0;
  }

  #begin(name: string): void {
    this.#abandon();
    this.#running = name;
    this.#diagnostics = [];
  }

  /** The list of failures at the end has lines of the same form, without a test that runs. */
  #finish(word: string, text: string): void {
    const running = this.#running;
    if (
      running === undefined ||
      !(text === running || text.startsWith(`${running} (`) || text.startsWith(`${running}, `))
    )
      return;
    this.#push(running, STATUSES[word] ?? 'fail');
    this.#ended += 1;
  }

  #push(name: string, status: SubtestStatus, comment?: string): void {
    const kept = this.#diagnostics.slice(-50);
    this.#subtests.push({
      name: this.#names.take(name.replace(/\/+$/, '')),
      status,
      ...(comment === undefined ? {} : { comment }),
      ...(kept.length === 0 ? {} : { diagnostics: kept }),
    });
    this.#running = undefined;
    this.#diagnostics = [];
  }

  #abandon(): void {
    if (this.#running !== undefined) this.#push(this.#running, 'fail', 'it began and did not end');
  }

  #endIteration(): void {
    this.#abandon();
    if (this.#announced !== undefined && this.#ended < this.#announced) {
      this.#problems.push(`${this.#announced} tests were announced, ${this.#ended} ended`);
    }
    this.#announced = undefined;
  }

  end(): Reading {
    const cut = this.#announced !== undefined && this.#ended >= this.#announced;
    this.#endIteration();
    if (this.#subtests.length === 0 && this.#problems.length === 0) this.#problems.push(NO_RESULT);
    if (cut) this.#problems.push('the summary at the end is missing');
    return { subtests: this.#subtests, problems: this.#problems };
  }
}
