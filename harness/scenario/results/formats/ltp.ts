import { Names } from '../names.ts';
import { NO_RESULT, type Reading, type Subtest, type SubtestStatus } from '../results.ts';

const STATUSES: Readonly<Record<string, SubtestStatus>> = {
  PASS: 'pass',
  FAIL: 'fail',
  BROK: 'broken',
  CONF: 'skip',
  WARN: 'warning',
};

/** The lines of the summary, and the status that each counts. */
const SUMMARY: Readonly<Record<string, SubtestStatus>> = {
  passed: 'pass',
  failed: 'fail',
  broken: 'broken',
  skipped: 'skip',
  warnings: 'warning',
};

/**
 * Reads LTP's results: `open02.c:61: TPASS: message` of its C library, `name 1 TPASS: message` of its shell library, and
 * `name    1  TPASS  :  message` of the old one. LTP's results have no names: the place in the source, or the number, is the name.
 *
 * Source: lib/tst_test.c, lib/tst_res.c and testcases/lib/tst_test.sh of LTP
 */
export function readLtp(lines: readonly string[]): Reading {
  const names = new Names();
  const subtests: Subtest[] = [];
  const summary = new Map<SubtestStatus, number>();
  let diagnostics: string[] = [];
  let ofNewLibrary = false;
  let summaries = 0;
  for (const line of lines) {
    const result = resultOn(line);
    const counted = summaries > 0 ? /^(\w+)\s+(\d+)\s*$/.exec(line) : null;
    const status = SUMMARY[counted?.[1] ?? ''];
    if (result !== undefined) {
      if (result.place.includes(':')) ofNewLibrary = true;
      if (result.status === undefined) {
        diagnostics.push(result.message);
        continue;
      }
      const kept = diagnostics.slice(-50);
      subtests.push({
        name: names.take(result.place),
        status: result.status,
        ...(result.message === '' ? {} : { comment: result.message }),
        ...(kept.length === 0 ? {} : { diagnostics: kept }),
      });
      diagnostics = [];
    } else if (/^Summary:\s*$/.test(line)) summaries++;
    else if (counted !== null && status !== undefined) {
      summary.set(status, (summary.get(status) ?? 0) + Number(counted[2]));
    } else if (line.trim() !== '') diagnostics.push(line.trim());
  }
  return { subtests, ...checkSummary(subtests, { summary, summaries }, ofNewLibrary) };
}

interface LtpResult {
  /** `open02.c:61`, or `name 1` */
  readonly place: string;
  /** Undefined for TINFO and the like. */
  readonly status: SubtestStatus | undefined;
  readonly message: string;
}

function resultOn(line: string): LtpResult | undefined {
  const found =
    /^(\S+:\d+): T(PASS|FAIL|BROK|CONF|WARN|INFO|DEBUG|TODO): ?(.*)$/.exec(line) ??
    /^(\S+\s+\d+)\s+T(PASS|FAIL|BROK|CONF|WARN|INFO)\s*:\s*(.*)$/.exec(line);
  if (found === null) return undefined;
  const [, place = '', word = '', message = ''] = found;
  // Some headers are named by the path that they had where LTP was built.
  return { place: place.replace(/^.*\//, '').replace(/\s+/, ' '), status: STATUSES[word], message: message.trim() };
}

/**
 * The C library ends with a summary, and so does the newer of the libraries for shell; one that is missing or counts more than was
 * printed means that output was cut. The summary of a program in C does not count
 * the lines of a script around it (`name 1 TPASS`); that script may have a summary too, and all counts are added then. A program that was
 * compiled for another system (`.tconf_msg`) prints one TCONF and nothing else: nothing is missing there if it ends as skipped.
 */
function checkSummary(
  subtests: readonly Subtest[],
  { summary, summaries }: { readonly summary: ReadonlyMap<SubtestStatus, number>; readonly summaries: number },
  ofNewLibrary: boolean,
): Pick<Reading, 'problems' | 'missing'> {
  if (summary.size === 0) {
    const missing = ofNewLibrary ? ['the summary at the end is missing'] : [];
    const [only] = subtests;
    return subtests.length === 1 && only?.status === 'skip' ? { problems: [], missing } : { problems: missing };
  }
  if (subtests.length === 0) return { problems: [NO_RESULT] };
  const ofC = subtests.filter(({ name }) => name.includes(':'));
  const counted = ofC.length > 0 ? ofC : subtests;
  const readings = [counted, ...(summaries > 1 ? [subtests] : [])].map((lines) => wrongCounts(lines, summary));
  return { problems: readings.find((problems) => problems.length === 0) ?? readings[0] ?? [] };
}

function wrongCounts(lines: readonly Subtest[], summary: ReadonlyMap<SubtestStatus, number>): string[] {
  return [...summary].flatMap(([status, told]) => {
    const seen = lines.filter((one) => one.status === status).length;
    return seen === told ? [] : [`the summary counts ${told} with the status ${status}, the lines ${seen}`];
  });
}
