import type { Standing } from '../../../expect/judge/standing.ts';
import type { Verdict } from '../../../expect/outcome.ts';
import type { KernelIdentity } from '../../../run/events.ts';
import type { Neighbours } from '../../../series/bisect.ts';
import type { Touching } from '../../../series/touching.ts';
import type { Paint } from '../colour.ts';
import { plain, shorten } from '../text.ts';

/** One kernel that was asked. */
export interface BisectionStep {
  readonly kernel: KernelIdentity;
  readonly standing: Standing;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  /** Whether it was judged on the outcome of an earlier run. */
  readonly reused?: boolean;
}

/** A line for each kernel as it is judged. */
export function printStep({ kernel, standing, verdict, reason = '', reused = false }: BisectionStep): string {
  const why = [...(reused ? ['(reused)'] : []), shorten(plain(reason), 100)].join(' ');
  const line = [standing.padEnd(7), kernel.version.padEnd(28), verdict.padEnd(5), why];
  return `${line.join('  ').trimEnd()}\n`;
}

/** The answer. */
export function printNeighbours(
  { before, after, unknown }: Neighbours<KernelIdentity>,
  first: Exclude<Standing, 'unknown'>,
  paint: Paint,
): string {
  const [last, next] = first === 'bad' ? ['last bad', 'first good'] : ['last good', 'first bad'];
  const between =
    unknown.length === 0
      ? 'no published version is between them'
      : `no verdict for ${unknown.map(({ version }) => version).join(', ')} between them`;
  return `\n${paint('bold', `${last}   ${before.version}`)}\n${paint('bold', `${next}  ${after.version}`)}\n${between}\n`;
}

/** What a changelog has between two kernels. */
export interface Changes {
  readonly source: string;
  /** The files that the case names. */
  readonly files: readonly string[];
  /** How many changes there are in all. */
  readonly total: number;
  readonly found: readonly (Touching & { readonly upstream: string | undefined })[];
}

const SHOWN = 10;

export function printChanges({ source, files, total, found }: Changes): string {
  if (files.length === 0) return `\nthe case names no file, so the ${total} changes of ${source} cannot be filtered\n`;
  const shown = found.slice(0, SHOWN).map(({ title, upstream }) => `  ${(upstream ?? '').padEnd(9)} ${plain(title)}`);
  const left = found.length - shown.length;
  return [
    '',
    `${found.length} of ${total} changes between them may touch ${files.join(', ')}, by the subsystem in their titles`,
    `(the changelog, of ${source}, names no files). Entries that share words with the case come first:`,
    ...shown,
    ...(left > 0 ? [`  and ${left} more`] : []),
    '',
  ].join('\n');
}
