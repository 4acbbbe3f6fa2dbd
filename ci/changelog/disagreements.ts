/** Where an audit of a kernel and the published changelog of its branch do not agree about a fix. */
import { type Changelog, type ChangelogEntry, isIn } from '../../harness/kernels/debian/changelog.ts';
import { branchOf, compareVersions, isMainline, upstreamVersion } from '../../harness/kernels/version.ts';
import type { KernelIdentity } from '../../harness/run/events.ts';
import type { Audited } from '../../harness/series/audit.ts';
import { isHash, sameTitle } from '../../harness/series/candidates.ts';
import { TITLES } from './titles.ts';

export interface Disagreement {
  readonly commit: string;
  /** What the kernel shows although the changelog says otherwise; or that the case declares another version. */
  readonly kind: 'has' | 'lacks' | 'declared';
  /** The cases that name it. */
  readonly cases: readonly string[];
  readonly what: string;
}

export interface Checked {
  readonly disagreements: readonly Disagreement[];
  /** How many fixes were set against the changelog. */
  readonly compared: number;
  /** Why nothing was compared, with the fixes. */
  readonly left: ReadonlyMap<string, readonly string[]>;
}

/**
 * Sets what cases show of each fix against the changelog: a kernel has a fix if its version is the one that brought it or a later one.
 * The first version that a case declares for the branch must be that of the changelog too.
 */
export function checkAudit(
  kernel: KernelIdentity,
  audited: readonly Audited[],
  { entries }: Pick<Changelog, 'entries'>,
): Checked {
  const branch = branchOf(upstreamVersion(kernel));
  const own = entries.filter(({ upstream }) => upstream === undefined || branchOf(upstream) === branch);
  const disagreements: Disagreement[] = [];
  const left = new Map<string, string[]>();
  let compared = 0;
  for (const { commit, cve, fixes, fixedIn, state, witnesses } of audited) {
    const leave = (why: string) => left.set(why, [...(left.get(why) ?? []), commit]);
    const say = (kind: Disagreement['kind'], what: string) =>
      disagreements.push({ commit, kind, cases: witnesses.map((one) => one.case), what });
    if (!fixes) continue;
    const title = TITLES[commit] ?? commit;
    if (isHash(title)) leave('a changelog has no hashes');
    else {
      const found = firstEntry(title, own);
      for (const wrong of wrongDeclarations(found, fixedIn, branch)) say('declared', wrong);
      for (const wrong of wrongNumbers(found, cve)) say('declared', wrong);
      if (state === 'unknown') leave(`undetermined on ${kernel.version}`);
      else {
        compared++;
        const listed = found !== undefined && isIn(found, kernel) && !isReverted(title, own, kernel);
        if ((listed || (found === undefined && isOlderThan(branch, fixedIn))) !== (state === 'has'))
          say(
            state,
            `${kernel.version} ${state === 'has' ? 'has' : 'lacks'} it, by ${evidenceOf(witnesses, state)}; ${toldBy(found)}`,
          );
      }
    }
  }
  return { disagreements, compared, left };
}

/** Whether mainline had it before the branch began, or when: the branch's changelogs do not list it then. */
function isOlderThan(branch: string, fixedIn: readonly string[]): boolean {
  return fixedIn.some((version) => isMainline(version) && compareVersions(version, branch) <= 0);
}

function toldBy(found: ChangelogEntry | undefined): string {
  return found === undefined
    ? 'the changelog does not list it'
    : `the changelog lists it in ${found.upstream ?? found.packageVersion}`;
}

function evidenceOf(witnesses: Audited['witnesses'], state: Audited['state']): string {
  return witnesses
    .filter((one) => one.state === state)
    .map((one) => one.case)
    .join(', ');
}

/** The entry of the first release that has it; the changelog begins with the newest. */
function firstEntry(commit: string, entries: readonly ChangelogEntry[]): ChangelogEntry | undefined {
  return entries.findLast(({ title }) => sameTitle(commit, title));
}

function isReverted(commit: string, entries: readonly ChangelogEntry[], kernel: KernelIdentity): boolean {
  const states = entries.filter(
    (entry) => isIn(entry, kernel) && (sameTitle(entry.title, commit) || sameTitle(entry.title, `Revert "${commit}"`)),
  );
  return states[0] !== undefined && !sameTitle(states[0].title, commit);
}

/** Cases may name several versions of the branch, and each must be that of the changelog. */
function wrongDeclarations(
  found: ChangelogEntry | undefined,
  fixedIn: readonly string[],
  branch: string,
): readonly string[] {
  const first = found?.upstream;
  const declared = fixedIn.filter((version) => branchOf(version) === branch);
  if (found !== undefined && first === undefined)
    // A distribution may take a fix before the stable release does; the release is then not listed again.
    return [];
  if (first === undefined)
    return declared
      .filter((version) => !isMainline(version))
      .map((version) => `the case says ${version}; the changelog does not list it`);
  if (declared.length === 0) return [`the changelog lists it in ${first}; fixedIn of the case does not name ${branch}`];
  return declared
    .filter((version) => version !== first)
    .map((version) => `the case says ${version}; the changelog lists it in ${first}`);
}

/** Numbers that the changelog gives the fix; many were assigned after it was written. */
function wrongNumbers(found: ChangelogEntry | undefined, declared: readonly string[]): readonly string[] {
  const listed = found?.title.match(/CVE-\d+-\d+/g) ?? [];
  return listed
    .filter((number) => !declared.includes(number))
    .map((number) => `the changelog gives it ${number}; no case does`);
}
