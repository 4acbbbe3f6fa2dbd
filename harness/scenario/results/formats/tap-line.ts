import type { SubtestStatus } from '../results.ts';

/** What a line of KTAP or TAP says, without its indentation. */
export type TapLine =
  | { readonly kind: 'version' }
  | { readonly kind: 'plan'; readonly count: number; readonly comment: string | undefined }
  | TapResult
  | { readonly kind: 'bail-out'; readonly reason: string }
  | { readonly kind: 'subtest'; readonly name: string }
  | { readonly kind: 'totals'; readonly totals: Totals }
  | { readonly kind: 'yaml' }
  | { readonly kind: 'text' };

/** `not ok 3 name # directive comment` */
export interface TapResult {
  readonly kind: 'result';
  readonly number: number | undefined;
  readonly name: string;
  readonly status: SubtestStatus;
  readonly comment: string | undefined;
}

/** The counters of kselftest's last line; `error` counts as `fail`. */
export type Totals = Readonly<Record<'pass' | 'fail' | 'xfail' | 'xpass' | 'skip', number>>;

/** Reads a line. A text that only begins like a result (`ok so far`) is none. */
export function tapLine(line: string): TapLine {
  const first = line.charAt(0);
  if (first === '#') return commentLine(line);
  if (/^K?TAP version \d+\s*$/.test(line)) return { kind: 'version' };
  const plan = /^1\.\.(\d+)\s*(?:#\s*(.*))?$/.exec(line);
  if (plan !== null) return { kind: 'plan', count: Number(plan[1]), comment: plan[2]?.trimEnd() };
  const bail = /^Bail out!(.*)$/.exec(line);
  if (bail !== null) return { kind: 'bail-out', reason: (bail[1] ?? '').replace(/# (Planned|Totals).*/, '').trim() };
  if (/^---\s*$/.test(line)) return { kind: 'yaml' };
  const result = /^(not )?ok(?: (\d+)(?![\w.])|(?= - )|(?=\s*$))(.*)$/.exec(line) ?? /^(not )ok\b()(.*)$/.exec(line);
  if (result !== null) return resultOf(result[1] !== undefined, result[2], result[3] ?? '');
  return { kind: 'text' };
}

function commentLine(line: string): TapLine {
  const subtest = /^#\s*Subtest: (.*)$/.exec(line);
  if (subtest !== null) return { kind: 'subtest', name: (subtest[1] ?? '').trim() };
  const totals = /^# Totals: pass:(\d+) fail:(\d+) xfail:(\d+) xpass:(\d+) skip:(\d+) error:(\d+)/.exec(line);
  if (totals === null) return { kind: 'text' };
  const [, pass, fail, xfail, xpass, skip, error] = totals.map(Number);
  const count = (value: number | undefined) => value ?? 0;
  return {
    kind: 'totals',
    totals: {
      pass: count(pass),
      fail: count(fail) + count(error),
      xfail: count(xfail),
      xpass: count(xpass),
      skip: count(skip),
    },
  };
}

/**
 * A result that stands behind other text, because that was printed without a line feed. It must have the number that is due, and
 * `ok` has no letter before it: `took 3 ms` is no result. `not ok` may have one: a failure is never read as a success.
 */
export function resultWithin(line: string, due: number): TapResult | undefined {
  const found = /(?:(not )|(?<!not |[A-Za-z]))ok (\d+)(?= |$)(.*)$/.exec(line);
  if (found === null || Number(found[2]) !== due) return undefined;
  return resultOf(found[1] !== undefined, found[2], found[3] ?? '');
}

/** What makes a failure harmless must be a word of its own: `# skip-list` is a part of the name. */
const DIRECTIVE = /(?:^|\s)#\s*((?:SKIP|TODO|XFAIL)(?=$|[\s:,;([])|(?:XPASS|TIMEOUT|ERROR)\b):?\s*(.*)$/i;

function resultOf(isNotOk: boolean, digits: string | undefined, rest: string): TapResult {
  const description = rest.trim().replace(/^- ?/, '');
  const found = DIRECTIVE.exec(description);
  const word = found?.[1];
  const name = (found === null ? description : description.slice(0, found.index)).trim();
  const [own = '', remark] = name.split(/ #\s+/, 2);
  const comment = (found?.[2] ?? remark)?.trim();
  return {
    kind: 'result',
    number: digits === undefined || digits === '' ? undefined : Number(digits),
    // The name of a test with subtests ends with a slash.
    name: own.replaceAll(/\\([\\#])/g, '$1').replace(/[\s/]+$/, ''),
    status: statusOf(isNotOk, word),
    comment: comment === undefined || comment === '' ? undefined : comment,
  };
}

/**
 * What makes a failure harmless must be written as the specifications have it (Documentation/dev-tools/ktap.rst), in capitals.
 * kselftest writes `ok` with XFAIL, KTAP `not ok`.
 */
function statusOf(isNotOk: boolean, word: string | undefined): SubtestStatus {
  switch (word) {
    case 'SKIP':
      return 'skip';
    case 'XFAIL':
      return 'xfail';
    case 'XPASS':
      return 'xpass';
    case 'TODO':
      return isNotOk ? 'xfail' : 'pass';
    case 'TIMEOUT':
    case 'ERROR':
      return 'fail';
  }
  if (isNotOk) return 'fail';
  return word?.toUpperCase() === 'SKIP' ? 'skip' : 'pass';
}
