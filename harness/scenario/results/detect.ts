import type { Format } from './results.ts';

/**
 * The line that gives a format away. They are tried in this order: a program whose output has a KTAP header is not read as
 * something else because a helper of it prints something.
 */
const MARKS: readonly (readonly [Format, RegExp])[] = [
  ['ktap', /^[ #]*KTAP version \d+\s*$/],
  ['tap', /^[ #]*TAP version \d+\s*$/],
  ['tap', /^\s*1\.\.\d+\s*(#.*)?$/],
  ['tap', /^\s*(ok 1|not ok \d+)( |$)/],
  ['tap', /^Bail out!/],
  ['googletest', /\[={10}\] Running \d+ tests? from /],
  ['test_progs', /^#\d+(\/\d+)?\s+\S.*:(OK|FAIL|SKIP)\b/],
  ['test_progs', /^Summary: \d+\/\d+ PASSED, /],
  ['ltp', /^\S+:\d+: T(PASS|FAIL|BROK|CONF|WARN|INFO): /],
  ['ltp', /^\S+\s+\d+\s+T(PASS|FAIL|BROK|CONF|WARN|INFO)\s*:/],
];

/** The formats that lines of an output give away; the first is that of the program. `plain` if no line gives one away. */
export function detectFormats(lines: readonly string[]): readonly [Format, ...Format[]] {
  const found = MARKS.filter(([, mark]) => lines.some((line) => mark.test(line))).map(([format]) => format);
  const [first = 'plain', ...others] = new Set(found);
  return [first, ...others];
}
