import type { CaseResult, KernelIdentity } from '../../../run/events.ts';
import type { Candidate, Candidates } from '../../../series/candidates.ts';
import { labelsOf } from '../../../series/kernels.ts';
import type { Neighbours, State } from '../../../series/search.ts';
import type { Paint } from '../colour.ts';
import { plain, shorten, table } from '../text.ts';

/** One kernel that was looked at. */
export interface SeenKernel {
  readonly kernel: KernelIdentity;
  readonly state: State;
  /** Of each run, the first one first. */
  readonly results: readonly CaseResult[];
}

/** What a changelog says of a change, or why there is none. */
export type Explanation = ({ readonly source: string } & Candidates) | { readonly missing: string };

export type ExplainedChange = Neighbours<KernelIdentity> & {
  readonly from: State;
  readonly to: State;
  readonly explanation: Explanation;
};

export interface Bisection {
  /** What was looked at, in the words of the command line. */
  readonly subject: string;
  /** Whether the states are good and bad, or values of an observation. */
  readonly isValue: boolean;
  /** Oldest first, as are the kernels. */
  readonly changes: readonly ExplainedChange[];
  readonly seen: readonly SeenKernel[];
  /** How many kernels there are in all. */
  readonly count: number;
  /** The command that looks at all of them. */
  readonly timeline: string;
}

const SHOWN = 10;
const WIDTH = 110;

/** The answer in a line, what was observed on each kernel, and the candidates for each change. */
export function printBisection(bisection: Bisection, paint: Paint): string {
  const { seen, changes } = bisection;
  const labels = labelsOf(seen.map(({ kernel }) => kernel));
  const label = ({ id, version }: KernelIdentity) => labels.get(id) ?? version;
  const rows = seen.map((one) => [label(one.kernel), stateText(one.state), observedOn(one)]);
  const lines = [
    paint('bold', answerOf(bisection, label)),
    '',
    ...table(rows).map((line) => `  ${line}`),
    ...notesOf(bisection),
    ...changes.flatMap((change) => ['', ...explanationLines(change, label)]),
  ];
  return `${lines.join('\n')}\n`;
}

type Label = (kernel: KernelIdentity) => string;

function answerOf({ changes, seen, isValue, subject, count }: Bisection, label: Label): string {
  const known = seen.filter(({ state }) => state !== undefined);
  const [oldest] = known;
  const newest = known.at(-1);
  if (oldest === undefined || newest === undefined)
    return `undetermined: nothing can be said of ${plain(subject)} on ${
      seen.length === 1 ? 'the kernel that was tried' : `any of the ${seen.length} kernels that were tried`
    }`;
  if (changes.length === 0) {
    const where = `on all ${known.length} of ${count} kernels that were tried, ${label(oldest.kernel)} to ${label(newest.kernel)}`;
    return `no change found: ${stateText(oldest.state)} ${where}`;
  }
  const [first] = changes;
  const parts = [
    ...(isBad(first?.from) && !isValue ? [`${stateText(first?.from)} since ${label(oldest.kernel)} or before`] : []),
    ...changes.map((change) => changeText(change, isValue, label)),
    ...(isBad(newest.state) && !isValue && isBad(changes.at(-1)?.to) && newest.kernel.id !== changes.at(-1)?.after.id
      ? [`still ${stateText(newest.state)} in ${label(newest.kernel)}`]
      : []),
  ];
  const decisive = [...changes].reverse().find(({ to }) => !isBad(to)) ?? changes.at(-1);
  const because = decisive === undefined ? undefined : summaryOf(decisive);
  return `${parts.join(', ')}${because === undefined ? '' : `; ${because}`}`;
}

function changeText({ from, to, before, after }: ExplainedChange, isValue: boolean, label: Label): string {
  const place = `${label(after)} (after ${label(before)})`;
  if (isValue) return `changed from ${stateText(from)} to ${stateText(to)} in ${place}`;
  if (!isBad(to)) return `fixed in ${place}`;
  if (isBad(from)) return `${stateText(to)} instead of ${stateText(from)} in ${place}`;
  return `first ${stateText(to)} ${place}`;
}

function isBad(state: State): boolean {
  return state === 'bad' || state === 'no end';
}

function stateText(state: State): string {
  return state === undefined ? 'undetermined' : shorten(plain(state), 60);
}

/** What decided, and how often it was run. */
function observedOn({ state, results }: SeenKernel): string {
  const told = results.map(({ verdict, reason = '', reused, earlier }) => {
    const notes = [
      ...(reused === undefined ? [] : ['reused']),
      ...(earlier === undefined ? [] : [`an earlier run with the same inputs: ${earlier.verdict}`]),
    ];
    return [verdict, shorten(plain(reason), WIDTH), ...(notes.length === 0 ? [] : [`(${notes.join(', ')})`])]
      .filter((text) => text !== '')
      .join(' ');
  });
  const counts = new Map<string, number>();
  for (const text of told) counts.set(text, (counts.get(text) ?? 0) + 1);
  const all = [...counts].map(([text, times]) => (times === 1 ? text : `${text} (${times} runs)`));
  const unstable = counts.size > 1 && new Set(results.map(({ verdict }) => verdict)).size > 1 && state !== undefined;
  return `${all.join('; then ')}${unstable ? ' — not in every run' : ''}`;
}

function notesOf({ seen, changes, count, timeline, isValue }: Bisection): string[] {
  const notes: string[] = [];
  if (changes.length === 0 && !isValue) {
    const differing = differingValues(seen);
    if (differing.length > 0) notes.push('what differs between the oldest and the newest:', ...differing);
  }
  const left = count - seen.length;
  if (left > 0) notes.push(`${left} of ${count} kernels were not tried; all of them: ${timeline}`);
  return notes.length === 0 ? [] : ['', ...notes];
}

/** The observations that are not the same on the oldest and the newest kernel, where nothing says which of them is good. */
function differingValues(seen: readonly SeenKernel[]): string[] {
  const [oldest] = seen.find(({ state }) => state !== undefined)?.results ?? [];
  const newest = seen.findLast(({ state }) => state !== undefined)?.results[0];
  const values = new Map(newest?.observations.map(({ path, observed }) => [path, observed]));
  const rows = (oldest?.observations ?? []).flatMap(({ path, observed }) => {
    const other = values.get(path);
    return other === undefined || other === observed
      ? []
      : [[`  ${plain(path)}`, `${short(observed)} → ${short(other)}`]];
  });
  const more = rows.length > SHOWN ? [`  and ${rows.length - SHOWN} more`] : [];
  return [...table(rows.slice(0, SHOWN)), ...more];
}

function short(text: string): string {
  return shorten(plain(text), 50);
}

/** `fix: "…" (6.12.54)`, or how many candidates there are. */
function summaryOf({ explanation, to, from }: ExplainedChange): string | undefined {
  if ('missing' in explanation) return undefined;
  const { named, likely, total } = explanation;
  const word = isBad(from) && !isBad(to) ? 'fix' : 'change';
  if (named.length > 0) return `${word}: ${named.map(titled).join(' and ')}`;
  if (likely.length === 0) return `none of the ${total} changes between them is a likely candidate by its title`;
  return `${word} candidates: ${likely.length} of ${total} changes ${reasonOf(explanation)}`;
}

function titled({ title, upstream }: Candidate): string {
  return `"${plain(title)}"${upstream === undefined ? '' : ` (${upstream})`}`;
}

function reasonOf({ by, files }: Candidates): string {
  return by === 'files' ? `may touch ${files.join(', ')} by their titles` : 'share rare words with it';
}

function explanationLines({ before, after, explanation, from, to }: ExplainedChange, label: Label): string[] {
  const range = `${label(before)} to ${label(after)}`;
  if ('missing' in explanation) return [`${range}: no changelog: ${plain(explanation.missing)}`];
  const { source, named, elsewhere, unlisted, likely, total, files, by } = explanation;
  const isFix = isBad(from) && !isBad(to);
  const head = `${range}: ${total} changes, by the changelog of ${source}, which has titles and no files`;
  const lines = [head];
  if (named.length > 0) lines.push('the case names:', ...rowsOf(named));
  if (isFix && named.length === 0) {
    for (const one of elsewhere) lines.push(`the case names ${titled(one)}, which is not between the two`);
    if (unlisted.length > 0)
      lines.push(`the case names ${unlisted.map(plain).join(', ')}, which the changelog does not list`);
  }
  if (likely.length === 0)
    lines.push(by === 'files' ? `no title is of ${files.join(', ')}` : 'no title shares a rare word with it');
  else {
    lines.push(
      by === 'files'
        ? `${likely.length} may touch ${files.join(', ')}, the likeliest first:`
        : `${likely.length} share rare words with it, the likeliest first:`,
    );
    lines.push(...rowsOf(likely.slice(0, SHOWN)));
    if (likely.length > SHOWN) lines.push(`  and ${likely.length - SHOWN} more`);
  }
  return lines;
}

function rowsOf(candidates: readonly Candidate[]): string[] {
  return table(
    candidates.map(({ title, upstream = '', shared }) => [
      `  ${upstream}`,
      shorten(plain(title), WIDTH),
      shared.length === 0 ? '' : `(${shared.slice(0, 5).join(', ')})`,
    ]),
  );
}
