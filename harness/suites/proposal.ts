import { steps } from '../expect/judge/diff.ts';
import { isNewSkipsText, isWholeSkipText } from './judge-by-list.ts';
import { type ListedTest, type TestList, withoutLike } from './list.ts';

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

/** What a proposal rests on beside the run. */
export interface ProposalSetting {
  /** The version that the tests were built of. */
  readonly source?: string | undefined;
  /** Tests of the list that the suite does not make any more. */
  readonly unbuilt?: readonly string[];
  /** Whether to drop those, and subtests that tests of the run did not show. */
  readonly prune?: boolean;
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
  /** Subtests of the list that tests of the run did not show: `TEST: SUBTEST`. They stay, unless they are pruned. */
  readonly vanished: readonly string[];
  /** Text for `tests` of the suite file: failures and new skips, without a reason. */
  readonly failures: string;
}

/** Nothing leaves the list unless `prune` says so. A subtest that is known to pass is not recorded as skipped: the suite file must say why. */
export function proposeList(
  before: TestList | undefined,
  seen: readonly SeenTest[],
  { source, unbuilt = [], prune = false }: ProposalSetting,
): ListProposal {
  const named = [...new Set(seen.filter(({ verdict }) => verdict !== 'ERROR').map(({ name }) => name))].sort();
  const known = before?.tests ?? {};
  const unseen = Object.keys(known).filter((name) => !named.includes(name));
  const updates = named.map((name) =>
    update(
      known[name],
      seen.filter((one) => one.name === name),
      prune,
    ),
  );
  const kept = Object.entries(known).filter(([name]) => !prune || !unbuilt.includes(name));
  const subtestsOf = (choose: (one: Update) => readonly string[]) =>
    updates.flatMap((one, index) => choose(one).map((subtest) => `${named[index]}: ${subtest}`));
  const earlier = unseen.length > 0 ? (before?.kernels ?? []) : [];
  return {
    list: {
      ...(source === undefined ? {} : { source }),
      kernels: [...new Set([...earlier, ...seen.map(({ kernel }) => kernel)])].sort(),
      tests: Object.fromEntries([...kept, ...updates.map(({ entry }, index) => [named[index] ?? '', entry] as const)]),
    },
    added: named.filter((name) => known[name] === undefined),
    addedSubtests: subtestsOf(({ added }) => added),
    unseen,
    vanished: subtestsOf(({ vanished }) => vanished),
    failures: printFailures(
      seen.filter(({ verdict }) => verdict === 'FAIL'),
      known,
    ),
  };
}

interface Update {
  readonly entry: ListedTest;
  /** Empty for a test that is new. */
  readonly added: readonly string[];
  readonly vanished: readonly string[];
}

/** @param seen of one test, not all of it ERROR */
function update(old: ListedTest | undefined, seen: readonly SeenTest[], prune: boolean): Update {
  const shown = new Map<string, boolean>(); // name → whether it was skipped
  for (const { path, observed } of judgedOf(seen).flatMap(({ observations }) => observations)) {
    const name = subtestAt(path);
    if (name !== undefined) shown.set(name, shown.get(name) === true || observed === "'skip'");
  }
  const before = old?.subtests ?? [];
  const others = before.filter((name) => !shown.has(name));
  const unlike = [...shown.keys()].filter((name) => !before.includes(name));
  const vanished = shown.size === 0 ? [] : withoutLike(others, unlike); // a skipped test shows none
  const subtests = [...(prune ? before.filter((name) => !vanished.includes(name)) : before)];
  const added = withoutLike(unlike, others);
  const isRecorded = (name: string) => old?.skipped !== undefined && before.includes(name);
  const skipped = [...subtests, ...added].filter((name) =>
    isRecorded(name) ? old?.skipped?.includes(name) : shown.get(name),
  );
  const mayBeSkipped = old?.skipped === undefined ? seen.some(({ verdict }) => verdict === 'SKIP') : old.mayBeSkipped;
  return {
    entry: { subtests: [...subtests, ...added], skipped, mayBeSkipped },
    added: old === undefined ? [] : added,
    vanished,
  };
}

function judgedOf(seen: readonly SeenTest[]): readonly SeenTest[] {
  return seen.filter(({ verdict }) => verdict !== 'ERROR' && verdict !== 'SKIP');
}

function subtestAt(path: string): string | undefined {
  const [root, name] = steps(path);
  return root === 'subtests' ? name : undefined;
}

type Known = TestList['tests'];

/** Entries for the suite file. The reason is left to who looks into them: none is expected to fail without one. */
function printFailures(failed: readonly SeenTest[], known: Known): string {
  const names = [...new Set(failed.map(({ name }) => name))].sort();
  const entries = names.map((name) => {
    const own = failed.filter((one) => one.name === name).flatMap(({ observations }) => observations);
    return `    ${JSON.stringify(name)}: { ${printFailure(own, known[name])} },`;
  });
  return entries.join('\n');
}

function printFailure(judged: SeenTest['observations'], listed: ListedTest | undefined): string {
  const wrong = judged.filter(({ verdict }) => verdict === 'FAIL');
  const skips = wrong.filter(({ path, observed }) => steps(path)[0] === 'problems' && isNewSkipsText(observed));
  const others = wrong.filter((one) => !skips.includes(one) && one.path !== 'status');
  if (skips.length === 0 || others.length > 0) return `known: [{ reason: 'TODO', cause: 'TODO'${ofSubtests(wrong)} }]`;
  const recorded = new Set(listed?.skipped);
  const skipped = judged.filter(({ path, observed }) => observed === "'skip'" && !recorded.has(subtestAt(path) ?? ''));
  return `skips: [{ reason: 'TODO'${skips.some(({ observed }) => isWholeSkipText(observed)) ? '' : ofSubtests(skipped)} }]`;
}

function ofSubtests(judged: SeenTest['observations']): string {
  const names = [...new Set(judged.flatMap(({ path }) => subtestAt(path) ?? []))];
  return names.length === 0 ? '' : `, subtests: ${JSON.stringify(names)}`;
}
