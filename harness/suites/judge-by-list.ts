import type { Observations } from '../expect/outcome.ts';
import type { AllowedSkip, SuiteTestFields } from './declaration.ts';
import { type ListDifference, type ListedTest, withoutLike } from './list.ts';

/** A program that ends as passed, and shows nothing of what it is known to test, has failed. One that skips may be silent. */
export function withList(observations: Observations, { silentOn }: ListDifference): Observations {
  if (observations.status !== 'pass' || silentOn === 0) return observations;
  return withProblem(observations, `it showed none of the ${silentOn} subtests of the list`);
}

/**
 * What a test skips now although it did not when its list was made, and although the suite file does not allow it: the names of
 * subtests, or `all` if the test skips as a whole. A list that knows nothing of skips says nothing. A skip can have another name
 * than the pass: ksft_test_result_skip() prints `ok 2 # SKIP why`, and LTP names the line that says TCONF. So a skip that the list
 * does not have counts where a subtest of the list is not shown. Names that differ only in numbers are the same.
 */
export function newSkips(
  listed: ListedTest | undefined,
  { skips = [] }: Pick<SuiteTestFields, 'skips'>,
  { status, subtests }: Observations,
): 'all' | readonly string[] {
  if (listed?.skipped === undefined) return [];
  const allowed = allowedSkips(skips);
  if (status === 'skip') return listed.mayBeSkipped || allowed.whole ? [] : 'all';
  const recorded = new Set(listed.skipped);
  const shown: Readonly<Record<string, unknown>> = subtests instanceof Object ? { ...subtests } : {};
  const isNew = (name: string) => !recorded.has(name) && !allowed.subtests.has(name);
  const known = new Set(listed.subtests);
  const names = Object.keys(shown);
  const others = listed.subtests.filter((name) => shown[name] === undefined);
  const unknown = names.filter((name) => !known.has(name));
  const vanished = withoutLike(others, unknown).filter(isNew);
  const unlisted = withoutLike(unknown, others).filter((name) => shown[name] === 'skip' && isNew(name));
  const byName = listed.subtests.filter((name) => shown[name] === 'skip' && isNew(name));
  return [...byName, ...unlisted.slice(0, vanished.length)];
}

function allowedSkips(skips: readonly AllowedSkip[]) {
  return {
    whole: skips.some(({ subtests }) => subtests === undefined),
    subtests: new Set(skips.flatMap(({ subtests = [] }) => subtests)),
  };
}

const WHOLE_SKIP = 'it is skipped, and was not on';

/** The sentence about {@link newSkips}. @param kernel of the list */
export function newSkipsText(skipped: 'all' | readonly string[], kernel: string): string {
  if (skipped === 'all') return `${WHOLE_SKIP} ${kernel}`;
  const named = `${skipped.slice(0, 3).join(', ')}${skipped.length > 3 ? ', …' : ''}`;
  return skipped.length === 1
    ? `a subtest is skipped that was not on ${kernel}: ${named}`
    : `${skipped.length} subtests are skipped that were not on ${kernel}: ${named}`;
}

/** True for a text with a sentence of {@link newSkipsText}. */
export function isNewSkipsText(text: string): boolean {
  return isWholeSkipText(text) || /skipped that w(as|ere) not on /.test(text);
}

/** True for one about a test that is skipped as a whole. */
export function isWholeSkipText(text: string): boolean {
  return text.includes(WHOLE_SKIP);
}

/** A problem is a failure, whatever the status was. */
export function withProblem(observations: Observations, problem: string): Observations {
  const { status, reason, problems } = observations;
  const others = Array.isArray(problems) ? problems : [];
  const hasFailed = status !== 'pass' && status !== 'skip';
  return {
    ...observations,
    ...(hasFailed ? {} : { status: 'fail' }),
    reason: hasFailed && reason !== undefined ? reason : problem,
    problems: [...others, problem],
  };
}

/**
 * The kernel of a list that this one is expected to skip no more than: of the same branch and flavour, so that their configurations
 * hardly differ. `6.12.118+deb13-cloud-amd64` is such a kernel for `6.12.43+deb12-cloud-amd64`.
 */
export function likeKernel(release: string, kernels: readonly string[]): string | undefined {
  const own = kindOf(release);
  return own === undefined ? undefined : kernels.find((one) => kindOf(one) === own);
}

/** `6.12-cloud-amd64`: without the number in the branch and the name of the distribution's release. */
function kindOf(release: string): string | undefined {
  const [, branch, rest = ''] = /^(\d+\.\d+)(?:\.\d+)?(?!\d)(.*)$/.exec(release) ?? [];
  return branch === undefined ? undefined : `${branch}${rest.replace(/^[+~][^-]*/, '')}`;
}
