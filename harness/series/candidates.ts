/** Which of the changes between two kernels may explain that a behaviour changed. A changelog has titles, and names no files. */
import type { ChangelogEntry } from '../kernels/debian/changelog.ts';
import { sharingWords, type Touching, touching } from './touching.ts';

/** What is known of the behaviour that changed. */
export interface Evidence {
  /** Titles of fixes, as the case declares them. */
  readonly titles: readonly string[];
  /** Declared commits of which only the hash is known. */
  readonly hashes: readonly string[];
  readonly cve: readonly string[];
  /** Files of the kernel that it is about. */
  readonly files: readonly string[];
  /** What the case or the reproducer says, and functions of the splat. */
  readonly words: readonly string[];
}

/** An entry, with how likely it is and what speaks for it. */
export type Candidate = Touching & { readonly upstream: string | undefined };

export interface Candidates {
  /** The declared fixes that are between the two kernels. */
  readonly named: readonly Candidate[];
  /** Declared fixes that the changelog has elsewhere: what changed is something else, or the case is wrong. */
  readonly elsewhere: readonly Candidate[];
  /** Titles of declared fixes that the changelog does not have at all, and hashes, of which it has none. */
  readonly unlisted: readonly string[];
  /** By which the likely ones were found. */
  readonly by: 'files' | 'words';
  readonly files: readonly string[];
  /** The likely ones, the likeliest first. */
  readonly likely: readonly Candidate[];
  /** How many changes there are between the two in all. */
  readonly total: number;
}

/**
 * @param between the changes between the two kernels
 * @param all everything that the changelog has
 */
export function candidatesAmong(
  between: readonly ChangelogEntry[],
  all: readonly ChangelogEntry[],
  { titles, hashes, cve, files, words }: Evidence,
): Candidates {
  const isDeclared = ({ title }: ChangelogEntry) =>
    titles.some((one) => sameTitle(one, title)) || cve.some((number) => title.includes(number));
  const named = between.filter(isDeclared);
  const isMissing = (title: string) => !between.some((entry) => sameTitle(title, entry.title));
  const elsewhere = all.filter(
    (entry) => !named.includes(entry) && titles.some((one) => isMissing(one) && sameTitle(one, entry.title)),
  );
  const listed = between.map(({ title }) => title);
  const likely = files.length > 0 ? touching(listed, files, words) : sharingWords(listed, words);
  const asCandidate = ({ title, upstream }: ChangelogEntry) => ({ title, upstream, score: 1, shared: [] });
  return {
    named: named.map(asCandidate),
    elsewhere: elsewhere.map(asCandidate),
    unlisted: [...titles.filter((title) => !all.some((entry) => sameTitle(title, entry.title))), ...hashes],
    by: files.length > 0 ? 'files' : 'words',
    files,
    likely: likely.map((one) => ({ ...one, upstream: between.find(({ title }) => title === one.title)?.upstream })),
    total: between.length,
  };
}

/** Whether two titles are of one commit; Debian puts architectures before a title and CVE numbers behind it. */
export function sameTitle(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(title: string): string {
  return title
    .replace(/^(\[[^\]]*\]\s*)+/, '')
    .replace(/\s*\((CVE-[\d-]+[,\s]*)+\)\s*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** True for the hash of a commit, false for a title. */
export function isHash(commit: string): boolean {
  return /^[0-9a-f]{7,40}$/.test(commit);
}
