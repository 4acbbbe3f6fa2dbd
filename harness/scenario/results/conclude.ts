import { type Convention, type EndMeaning, isOfLtpBits, LTP_BITS, meaningOf } from './conventions.ts';
import {
  type Format,
  isFailure,
  type ProgramEnd,
  type ProgramResults,
  type ProgramStatus,
  type Reading,
} from './results.ts';

/** What the lines alone say. `nothing`: there are no subtests. */
type Said = 'fail' | 'skip' | 'pass' | 'nothing';

/** Joins what the lines of a program say with how it ended. Whatever contradicts is a problem, and a problem is a failure. */
export function conclude(format: Format, reading: Reading, end: ProgramEnd, convention: Convention): ProgramResults {
  const meaning = meaningOf(end, convention);
  const said = saidBy(reading);
  const missing = endsSkipped(meaning, reading) ? [] : (reading.missing ?? []);
  const problems = [
    ...reading.problems,
    ...missing,
    ...contradictions(meaning, said, reading),
    ...unseenBits(format, end, reading),
  ];
  const status = statusOf(meaning, said, problems);
  const reason = reasonOf(status, meaning, reading, problems);
  const { subtests } = reading;
  return { format, status, ...(reason === undefined ? {} : { reason }), subtests, problems };
}

function saidBy({ subtests, skipped }: Reading): Said {
  if (subtests.some(({ status }) => isFailure(status))) return 'fail';
  if (subtests.length === 0) return skipped === undefined ? 'nothing' : 'skip';
  return subtests.every(({ status }) => status === 'skip') ? 'skip' : 'pass';
}

/** ksft_exit_skip() prints one skipped result, whatever the plan is, and ends the program as skipped. */
function endsSkipped({ kind }: EndMeaning, { subtests }: Reading): boolean {
  const last = subtests.at(-1);
  return kind === 'skip' && (last === undefined || last.status === 'skip');
}

function contradictions({ kind, text }: EndMeaning, said: Said, { subtests, expectedFailures }: Reading): string[] {
  const has = (wanted: string) => subtests.some(({ status }) => status === wanted);
  switch (kind) {
    case 'pass':
      return said === 'fail' ? [`${text} although a subtest failed`] : [];
    case 'skip':
      if (said === 'fail') return [`${text}, which means skipped, although a subtest failed`];
      return said === 'pass' && !has('skip') ? [`${text}, which means skipped, although no subtest was skipped`] : [];
    case 'xfail':
      return said !== 'fail' && (has('xfail') || expectedFailures === true)
        ? []
        : [`${text}, which means an expected failure, but the output shows none`];
    case 'xpass':
      return [];
    case 'fail':
    case 'broken':
      return said === 'pass' || said === 'skip' ? [`${text} although no subtest failed`] : [];
  }
}

/** LTP's exit status has a bit for each kind of result. A bit without a line means that output was cut: the old library has no summary. */
function unseenBits(format: Format, { exitCode }: ProgramEnd, { subtests }: Reading): string[] {
  if (format !== 'ltp' || exitCode === null || !isOfLtpBits(exitCode) || subtests.length === 0) return [];
  const unseen = LTP_BITS.filter(
    ([bit, , status]) => (exitCode & bit) !== 0 && subtests.every((one) => one.status !== status),
  );
  return unseen.map(([, , status]) => `exit status ${exitCode} says ${status}, but no line does`);
}

function statusOf({ kind }: EndMeaning, said: Said, problems: readonly string[]): ProgramStatus {
  if (kind === 'broken') return 'broken';
  if (problems.length > 0 || said === 'fail' || kind === 'fail' || kind === 'xpass') return 'fail';
  return kind === 'skip' || said === 'skip' ? 'skip' : 'pass';
}

function reasonOf(
  status: ProgramStatus,
  { kind, text }: EndMeaning,
  { subtests, skipped }: Reading,
  problems: readonly string[],
): string | undefined {
  if (status === 'pass') return undefined;
  if (status === 'skip') {
    const comment = subtests.findLast((one) => one.status === 'skip' && one.comment !== undefined)?.comment;
    return skipped ?? comment ?? (subtests.length > 0 ? 'all subtests are skipped' : text);
  }
  const failed = subtests.filter((one) => isFailure(one.status)).map(({ name }) => name);
  if (failed.length > 0)
    return `${failed.slice(0, 3).join(', ')}${failed.length > 3 ? ` and ${failed.length - 3} more` : ''} failed`;
  return problems[0] ?? (kind === 'xpass' ? `${text}: it passed unexpectedly` : text);
}
