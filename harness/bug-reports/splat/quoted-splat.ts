import { readSplats } from '../../oracles/splats/splats.ts';
import { splatPatterns } from '../../oracles/splats/splats-patterns.ts';
import type { AskedSplat } from './asked-splat.ts';

/**
 * The first splat that a text quotes, as it stands in mails and on web pages: behind `> `, indented, with or without time stamps,
 * with the marks of syslog and journald. A text without a stack has none: prose can begin with "BUG:" too.
 */
export function quotedSplat(text: string): AskedSplat | undefined {
  const splats = readSplats(text.split(/\r?\n/).map(asOnConsole).join('\n'));
  const found = splats.find(({ fingerprint }) => fingerprint.length > 0);
  return found && { kind: found.kind, title: found.title, fingerprint: found.fingerprint };
}

/** `> `, `> > `, and `| `, which bug trackers draw. */
const QUOTE = /^\s*(?:[>|]\s?)+/;
/** `Nov 30 12:00:00 host kernel: `, `2026-11-30T12:00:00+01:00 host kernel: `, `kern  :warn  : `, `<4>`. */
const LOGGED =
  /^(?:(?:[A-Z][a-z]{2} +\d+ [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,]+\S*) \S+ kernel: |kern\s*:\w+\s*: |<\d+>)/;
const STAMP = /^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;
const FRAME = /^(?:\? )?[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+/;

/** A line as the console shows it: heads of reports at the beginning, frames of stacks behind a blank. */
function asOnConsole(line: string): string {
  const unquoted = line.replace(QUOTE, '');
  const bare = unquoted.trimStart().replace(LOGGED, '').trimStart();
  const stamp = STAMP.exec(bare)?.[0] ?? '';
  const text = bare.slice(stamp.length);
  const trimmed = text.trim();
  if (FRAME.test(trimmed)) return `${stamp} ${trimmed}`;
  if (stamp !== '') return bare;
  const isHead = splatPatterns.some(({ pattern }) => pattern.test(trimmed));
  return isHead || /^(RIP:|Call Trace:|CPU: |<\/?(TASK|IRQ|NMI)>)/.test(trimmed) ? trimmed : unquoted;
}
