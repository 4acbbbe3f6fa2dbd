import { type ResultsOptions, readResults } from './read-results.ts';
import type { ProgramResults } from './results.ts';

/** What a program that printed this and exited so said of itself. */
export function resultsOf(output: string, exitCode = 0, options: ResultsOptions = {}): ProgramResults {
  return readResults(Buffer.from(output), { exitCode, signal: null }, options);
}

/** `name: status` of each subtest. */
export function briefly({ subtests }: ProgramResults): string[] {
  return subtests.map(({ name, status }) => `${name}: ${status}`);
}
