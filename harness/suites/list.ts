import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { suiteError } from './shape.ts';

/** Beside the suite file, where it names no other. */
export const LIST_FILE = 'tests.json';

const names = z.array(z.string()).readonly();

const Entry = z
  .strictObject({
    /** Names of all subtests that were shown. */
    subtests: names,
    /** Those of them that were skipped on a trusted kernel. Default: none. */
    skipped: names.exactOptional(),
    /** Whether the test as a whole was skipped on a trusted kernel, or did not run on it. Default: it never was. */
    mayBeSkipped: z.literal(true).exactOptional(),
  })
  .readonly();

const List = z.strictObject({
  /** The version of the source that the list was made with. */
  source: z.string().exactOptional(),
  /** The kernels that showed these results. */
  kernels: z.array(z.string()),
  /** Name of each test → its entry, or the names of its subtests alone if nothing is known of skips. */
  tests: z.record(z.string(), z.union([names, Entry])),
});

/** What a list says of one test. `skipped` is absent if nothing is known of skips. */
export interface ListedTest {
  readonly subtests: readonly string[];
  readonly skipped?: readonly string[];
  readonly mayBeSkipped: boolean;
}

/** The tests that somebody has seen before: one that is not in it is new. */
export interface TestList {
  readonly source?: string;
  readonly kernels: readonly string[];
  readonly tests: Readonly<Record<string, ListedTest>>;
}

/** The list of a suite; undefined where there is none yet. @throws KC_SUITE (case) for a file that is no list */
export async function readList(file: string): Promise<TestList | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { tests, ...rest } = List.parse(JSON.parse(text));
    return { ...rest, tests: Object.fromEntries(Object.entries(tests).map(([name, own]) => [name, listed(own)])) };
  } catch (error) {
    throw suiteError(
      `${file} is not a list of tests: ${error instanceof Error ? error.message : String(error)}`,
      'npx kconform accept writes it',
    );
  }
}

function listed(own: z.infer<typeof List>['tests'][string]): ListedTest {
  if (!('subtests' in own)) return { subtests: own, mayBeSkipped: false };
  return { subtests: own.subtests, skipped: own.skipped ?? [], mayBeSkipped: own.mayBeSkipped === true };
}

/** The text of a list: sorted, a line for each name, so that a change of it can be reviewed. */
export function printList({ source, kernels, tests }: TestList): string {
  const sorted = Object.entries(tests).sort(([a], [b]) => (a < b ? -1 : 1));
  const list: z.infer<typeof List> = {
    ...(source === undefined ? {} : { source }),
    kernels: [...kernels],
    tests: Object.fromEntries(sorted.map(([name, own]) => [name, printed(own)])),
  };
  return `${JSON.stringify(list, undefined, 1)}\n`;
}

function printed({ subtests, skipped, mayBeSkipped }: ListedTest): z.infer<typeof List>['tests'][string] {
  if (skipped === undefined) return subtests;
  return {
    subtests,
    ...(skipped.length > 0 && { skipped }),
    ...(mayBeSkipped && { mayBeSkipped }),
  };
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

/**
 * Without a list, nothing is new. Names that differ only in numbers count as the same where they are not equal: tests print process
 * ids, descriptors and measurements in them (openat2/resolve_test, exec/execveat, mm/pagemap_ioctl).
 */
export function compareWithList(list: TestList | undefined, test: string, subtests: readonly string[]): ListDifference {
  const known = list?.tests[test]?.subtests;
  if (known === undefined) return { isNew: list !== undefined, added: [], missing: [], silentOn: 0 };
  const [before, now] = [new Set(known), new Set(subtests)];
  const others = known.filter((name) => !now.has(name));
  const unlike = subtests.filter((name) => !before.has(name));
  const added = withoutLike(unlike, others);
  const missing = withoutLike(others, unlike);
  return { isNew: false, added, missing, silentOn: missing.length === known.length ? known.length : 0 };
}

/** The names without those that have a counterpart, which differs in numbers alone; each counterpart counts once. */
export function withoutLike(names: readonly string[], counterparts: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const name of counterparts) left.set(withoutNumbers(name), (left.get(withoutNumbers(name)) ?? 0) + 1);
  return names.filter((name) => {
    const count = left.get(withoutNumbers(name)) ?? 0;
    left.set(withoutNumbers(name), count - 1);
    return count <= 0;
  });
}

function withoutNumbers(name: string): string {
  return name.replace(/\d+/g, '#');
}
