import type { Observation } from '../../expect/judge/judge-leaf.ts';
import { isUnexpected, type Verdict } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { namesIn, type RunRecord } from '../../run/results/record.ts';
import { subtestAt } from '../text/skips.ts';
import { plain } from '../text/text.ts';

/**
 * TAP version 13 without nesting, for readers that know none: a line for each observation of a case that is not as expected and for
 * each subtest of a program, and then one for the case itself. A known bug that was seen is `not ok` with TODO, which readers of TAP
 * count as no failure.
 */
export function tap(record: RunRecord): string {
  const nameOf = namesIn(record);
  const lines = record.cases.flatMap(({ result }) => linesOf(result, nameOf));
  const numbered = lines.map(({ ok, text }, index) => `${ok ? 'ok' : 'not ok'} ${index + 1} - ${text}`);
  return `TAP version 13\n${[`1..${lines.length}`, ...numbered].join('\n')}\n`;
}

interface Line {
  readonly ok: boolean;
  readonly text: string;
}

function linesOf(result: CaseResult, nameOf: NameOf): Line[] {
  const { verdict, reason, observations } = result;
  const subject = `${data(result.case)} on ${data(nameOf(result.kernel))}`;
  const skips = new Map((result.skips ?? []).map((skip) => [skip.subtest, skip.reason]));
  const own = verdict === 'SKIP' ? [] : observations.filter(isTold);
  return [
    ...own.map((one) => {
      const why =
        one.verdict === 'SKIP' ? skips.get(subtestAt(one.path)) : `expected ${one.expected}, observed ${one.observed}`;
      return line(one.verdict, `${subject}: ${data(one.path === '' ? 'outcome' : one.path)}`, why);
    }),
    line(verdict, subject, reason),
  ];
}

function isTold({ path, verdict }: Observation): boolean {
  return isUnexpected(verdict) || subtestAt(path) !== undefined;
}

function line(verdict: Verdict, name: string, why: string | undefined): Line {
  const text = data(why ?? '');
  switch (verdict) {
    case 'PASS':
      return { ok: true, text: name };
    case 'SKIP':
      return { ok: true, text: `${name} # SKIP ${text}`.trimEnd() };
    case 'XFAIL':
      return { ok: false, text: `${name} # TODO known bug: ${text}`.trimEnd() };
    case 'FAIL':
    case 'XPASS':
    case 'ERROR':
      return { ok: false, text: `${name} (${verdict}${text === '' ? '' : `: ${text}`})` };
  }
}

/** Text from outside on a line of ours: a `#` in it would begin a directive. */
function data(text: string): string {
  return plain(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}
