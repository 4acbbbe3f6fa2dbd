import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Observations } from '../expect/outcome.ts';
import { suiteError } from './shape.ts';

/** Beside the suite file, where it names no other. */
export const LIST_FILE = 'tests.json';

const List = z.strictObject({
  /** The version of the source that the list was made with. */
  source: z.string().exactOptional(),
  /** The kernels that showed these results. */
  kernels: z.array(z.string()),
  /** Name of each test → names of its subtests. */
  tests: z.record(z.string(), z.array(z.string())),
});

/** The tests that somebody has seen before: one that is not in it is new. */
export type TestList = z.infer<typeof List>;

/** The list of a suite; undefined where there is none yet. @throws KC_SUITE (case) for a file that is no list */
export async function readList(file: string): Promise<TestList | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return List.parse(JSON.parse(text));
  } catch (error) {
    throw suiteError(
      `${file} is not a list of tests: ${error instanceof Error ? error.message : String(error)}`,
      'npx kconform accept writes it',
    );
  }
}

/** The text of a list: sorted, a line for each name, so that a change of it can be reviewed. */
export function printList({ source, kernels, tests }: TestList): string {
  const sorted = Object.fromEntries(
    Object.keys(tests)
      .sort()
      .map((name) => [name, tests[name] ?? []]),
  );
  const list: TestList = { ...(source === undefined ? {} : { source }), kernels: [...kernels], tests: sorted };
  return `${JSON.stringify(list, undefined, 1)}\n`;
}

/** How what a test showed differs from the list. */
export interface ListDifference {
  /** The list does not have the test. */
  readonly isNew: boolean;
  /** Subtests that the list does not have. */
  readonly added: readonly string[];
  /** Subtests of the list that were not shown. */
  readonly missing: readonly string[];
  /** How many subtests the list has, if none of them was shown; else 0. */
  readonly silentOn: number;
}

/** Without a list, nothing is new. */
export function compareWithList(list: TestList | undefined, test: string, subtests: readonly string[]): ListDifference {
  const known = list?.tests[test];
  if (known === undefined) return { isNew: list !== undefined, added: [], missing: [], silentOn: 0 };
  const [before, now] = [new Set(known), new Set(subtests)];
  const missing = known.filter((name) => !now.has(name));
  return {
    isNew: false,
    added: subtests.filter((name) => !before.has(name)),
    missing,
    silentOn: missing.length === known.length ? known.length : 0,
  };
}

/** A program that ends as passed, and shows nothing of what it is known to test, has failed. One that skips may be silent. */
export function withList(observations: Observations, { silentOn }: ListDifference): Observations {
  const { status, problems } = observations;
  if (status !== 'pass' || silentOn === 0) return observations;
  const problem = `it showed none of the ${silentOn} subtests of the list`;
  const others = Array.isArray(problems) ? problems : [];
  return { ...observations, status: 'fail', reason: problem, problems: [...others, problem] };
}
