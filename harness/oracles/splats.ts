import type { Splat } from '../expect/outcome.ts';
import { splatPatterns } from './splats-patterns.ts';
import { normaliseTitle, stripPrefix } from './splats-title.ts';

/** The most lines that are kept of one splat. */
const textLimit = 100;

/** How many lines may follow the head before the first line that can only come from a report. */
const quietLimit = 3;

const endOfTrace = /^---\[ end (trace|Kernel panic)/;
const partOfReport =
  /^( |\t|$|=====|-----|\*{5}|RIP:|RSP:|R[A-D][XIP]:|RDX:|R\d\d:|FS:|CS:|CR2:|DR\d:|Code:|Call Trace:|Modules linked in:|CPU:|Hardware name:|Workqueue:|Tainted:|PKRU:|Sending NMI|NMI backtrace|rcu:|task:|in_atomic|preempt_count|RCU nest depth|Read of size|Write of size|Allocated by|Freed by|The buggy address|Memory state|Oops|#PF:|PGD|Kernel Offset|index \d|shift exponent|signed integer|load of|Mem-Info|Out of memory)/;

/**
 * The splats in a console log, in order. A report that contains another (an oops after its BUG line, the panic after an oops) is
 * one splat, under the first kind, except for panics, which always stand alone. Never throws; cut-off logs are read as far as they go.
 */
export function readSplats(consoleText: string): Splat[] {
  const splats: { kind: string; title: string; text: string[] }[] = [];
  let open: { kind: string; text: string[]; quiet: number } | undefined;
  for (const raw of consoleText.split(/\r?\n/)) {
    const line = stripPrefix(raw);
    const kind = splatPatterns.find(({ pattern }) => pattern.test(line))?.kind;
    if (kind !== undefined && !(open !== undefined && continues(open.kind, kind))) {
      const splat = { kind, title: normaliseTitle(line), text: [line] };
      splats.push(splat);
      open = { kind, text: splat.text, quiet: 0 };
      continue;
    }
    if (open === undefined) continue;
    open.quiet = partOfReport.test(line) ? 0 : open.quiet + 1;
    if (open.quiet > quietLimit || open.text.length >= textLimit) {
      open = undefined;
      continue;
    }
    open.text.push(line);
    if (endOfTrace.test(line)) open = undefined;
  }
  for (const { text } of splats) while (text.at(-1)?.trim() === '') text.pop();
  return splats;
}

/** True when a head of the second kind is a further line of a report of the first: `Oops:` follows `BUG: unable to handle`. */
function continues(first: string, next: string): boolean {
  if (next === 'Oops')
    return ['BUG', 'GPF', 'KASAN', 'list corruption', 'double fault', 'stack overflow'].includes(first);
  if (next === 'BUG') return first === 'list corruption';
  if (next === 'KASAN') return first === 'GPF';
  if (next === 'GPF') return first === 'Oops' || first === 'KASAN';
  return next === 'WARNING' && ['refcount', 'list corruption'].includes(first);
}
