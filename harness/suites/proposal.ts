import { steps } from '../expect/judge/diff.ts';
import type { TestList } from './list.ts';

/** What a run showed of one test on one kernel. */
export interface SeenTest {
  /** Below the suite: `futex/run.sh`. */
  readonly name: string;
  /** Version of the kernel. */
  readonly kernel: string;
  readonly verdict: string;
  readonly reason?: string | undefined;
  /** Paths that were judged, each with its verdict. */
  readonly observations: readonly { readonly path: string; readonly verdict: string; readonly observed: string }[];
}

/** What a run on trusted kernels adds to a suite's list, and what nobody has explained yet. */
export interface ListProposal {
  readonly list: TestList;
  /** Tests that the list did not have. */
  readonly added: readonly string[];
  /** Subtests that the list did not have, of tests that it had: `TEST: SUBTEST`. */
  readonly addedSubtests: readonly string[];
  /** Tests of the list that the run did not have. They stay in the list, as the run may have been of a part. */
  readonly unseen: readonly string[];
  /** Text for `tests` of the suite file: failures without a reason. */
  readonly failures: string;
}

/** @param source the version that the tests were built of */
export function proposeList(
  before: TestList | undefined,
  seen: readonly SeenTest[],
  source: string | undefined,
): ListProposal {
  const judged = seen.filter(({ verdict }) => verdict !== 'ERROR' && verdict !== 'SKIP');
  const named = [...new Set(seen.filter(({ verdict }) => verdict !== 'ERROR').map(({ name }) => name))].sort();
  const subtests = new Map(named.map((name) => [name, subtestsOf(judged.filter((one) => one.name === name))]));
  const known = before?.tests ?? {};
  const merged = named.map((name): [string, string[]] => {
    const own = subtests.get(name) ?? [];
    return [name, own.length > 0 ? own : (known[name] ?? [])]; // a skipped test shows none
  });
  const list: TestList = {
    ...(source === undefined ? {} : { source }),
    kernels: [...new Set(seen.map(({ kernel }) => kernel))].sort(),
    tests: { ...known, ...Object.fromEntries(merged) },
  };
  return {
    list,
    added: named.filter((name) => known[name] === undefined),
    addedSubtests: merged.flatMap(([name, own]) => {
      const old = known[name];
      return old === undefined ? [] : own.filter((one) => !old.includes(one)).map((one) => `${name}: ${one}`);
    }),
    unseen: Object.keys(known).filter((name) => !named.includes(name)),
    failures: printFailures(judged.filter(({ verdict }) => verdict === 'FAIL')),
  };
}

function subtestsOf(seen: readonly SeenTest[]): string[] {
  const names = seen.flatMap(({ observations }) => observations.flatMap(({ path }) => subtestAt(path) ?? []));
  return [...new Set(names)];
}

function subtestAt(path: string): string | undefined {
  const [root, name] = steps(path);
  return root === 'subtests' ? name : undefined;
}

/** Entries for the suite file. The reason is left to who looks into them: none is expected to fail without one. */
function printFailures(failed: readonly SeenTest[]): string {
  const lines = [...new Set(failed.map(({ name }) => name))].sort().map((name) => {
    const wrong = failed.filter((one) => one.name === name).flatMap(({ observations }) => observations);
    const names = wrong.filter(({ verdict }) => verdict === 'FAIL').flatMap(({ path }) => subtestAt(path) ?? []);
    const of = names.length === 0 ? '' : `, subtests: ${JSON.stringify([...new Set(names)])}`;
    return `    ${JSON.stringify(name)}: { known: [{ reason: 'TODO', cause: 'TODO'${of} }] },`;
  });
  return lines.join('\n');
}
