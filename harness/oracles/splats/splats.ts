import type { Splat } from '../../expect/outcome.ts';
import { type ConsoleLine, readConsoleLine } from './console-line.ts';
import { fingerprint, framesOf } from './frames.ts';
import { splatPatterns } from './splats-patterns.ts';
import { normaliseTitle } from './splats-title.ts';

/** The most lines that are kept of one splat. */
const textLimit = 200;

/** How many lines may follow the head before the first line that can only come from a report. */
const quietLimit = 3;

const endOfTrace = /^---\[ end (trace|Kernel panic)/;
/** Where a stack was printed to its end: what is cut off after that has lost nothing that matters. */
const endOfStack = /^\s*<\/TASK>|^---\[ end |^Rebooting in|^(Kernel Offset|Memory state around)/;
const partOfReport =
  /^( |\t|$|=====|-----|\*{5}|RIP:|RSP:|R[A-D][XIP]:|RDX:|R\d\d:|FS:|CS:|CR2:|DR\d:|Code:|Call Trace:|Modules linked in:|CPU:|Hardware name:|Workqueue:|Tainted:|PKRU:|Sending NMI|NMI backtrace|rcu:|task:|in_atomic|preempt_count|RCU nest depth|Read of size|Write of size|Allocated by|Freed by|The buggy address|Memory state|Oops|#PF:|PGD|Kernel Offset|index \d|shift exponent|signed integer|load of|Mem-Info|Out of memory|"echo 0 >|Showing all locks|INFO: lockdep is turned off|Preemption disabled at|irq event stamp|hardirqs last|softirqs last|Node \d|lowmem_reserve|which lock already depends|the existing dependency chain|other info that might help|stack backtrace|locks? held by|active_anon:|DMA|Normal|\d+ (pages|total pagecache)|Tasks state|\[ *(pid|\d+) *\]|memory: usage|swap: usage|Memory cgroup stats|(anon|file|shmem|kernel|slab)\w* \d+$|oom-kill:)/;

interface OpenReport {
  readonly kind: string;
  readonly title: string;
  readonly at: number | null;
  readonly head: number;
  readonly text: string[];
  quiet: number;
  sawStackEnd: boolean;
  interleaved: boolean;
  closed: boolean;
}

/**
 * The splats in a console log, in the order in which they began. A report that contains another (an oops after its BUG line) is
 * one splat, under the first kind, except for panics, which always stand alone. Where the kernel names the caller on each line,
 * reports that were printed at the same time are kept apart; elsewhere they are marked as interleaved. Never throws; a log that
 * is cut off is read as far as it goes, and the report in which it ends is marked.
 */
export function readSplats(consoleText: string): Splat[] {
  const reports: OpenReport[] = [];
  const streams = new Map<string | null, { line: ConsoleLine; index: number }[]>();
  const lines = consoleText.split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = readConsoleLine(raw);
    const stream = streams.get(line.caller) ?? [];
    if (stream.length === 0) streams.set(line.caller, stream);
    stream.push({ line, index });
  }
  for (const stream of streams.values()) reports.push(...readStream(stream));
  reports.sort((a, b) => a.head - b.head);
  return reports.map(({ kind, title, at, text, sawStackEnd, interleaved, closed }) => {
    while (text.at(-1)?.trim() === '') text.pop();
    const state = interleaved ? 'interleaved' : closed || sawStackEnd ? 'whole' : 'cut off';
    return { kind, title, fingerprint: fingerprint(framesOf(text)), at, state, text };
  });
}

function readStream(stream: readonly { readonly line: ConsoleLine; readonly index: number }[]): OpenReport[] {
  const reports: OpenReport[] = [];
  let open: OpenReport | undefined;
  for (const {
    line: { text: line, at },
    index,
  } of stream) {
    const kind = splatPatterns.find(({ pattern }) => pattern.test(line))?.kind;
    if (kind !== undefined && !(open !== undefined && continues(open, kind))) {
      const inside = open !== undefined && !open.sawStackEnd && kind !== 'panic' && open.text.length > 1;
      if (open !== undefined && inside) open.interleaved = true;
      open = {
        kind,
        title: normaliseTitle(line),
        at,
        head: index,
        text: [line],
        quiet: 0,
        sawStackEnd: false,
        interleaved: inside,
        closed: false,
      };
      reports.push(open);
      continue;
    }
    if (open === undefined) continue;
    open.quiet = partOfReport.test(line) ? 0 : open.quiet + 1;
    if (open.quiet > quietLimit || open.text.length >= textLimit) {
      open.closed = true;
      open.text.splice(open.text.length - Math.min(open.quiet - 1, quietLimit));
      open = undefined;
      continue;
    }
    open.text.push(line);
    open.sawStackEnd ||= endOfStack.test(line);
    if (endOfTrace.test(line)) {
      open.closed = true;
      open = undefined;
    }
  }
  return reports;
}

/** True when a head of that kind is a further line of the report: `Oops:` follows `BUG: unable to handle`. */
function continues({ kind: first, text }: OpenReport, next: string): boolean {
  // "kernel tried to execute NX-protected page", a BUG line and "Oops:" stand before the facts.
  if (first === 'Oops' && (next === 'BUG' || next === 'Oops')) return !text.some((line) => line.startsWith('CPU: '));
  if (next === 'Oops')
    return ['BUG', 'GPF', 'KASAN', 'list corruption', 'double fault', 'stack overflow'].includes(first);
  if (next === 'BUG') return first === 'list corruption';
  if (next === 'KASAN') return first === 'GPF';
  if (next === 'GPF') return first === 'Oops' || first === 'KASAN';
  if (next === 'OOM') return first === 'OOM';
  return next === 'WARNING' && ['refcount', 'list corruption'].includes(first);
}
