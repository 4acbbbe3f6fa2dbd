/** A run as large as a page must carry: every case on every kernel, each with a console of its own. */
import { noReports, type Verdict } from '../../../expect/outcome.ts';
import type { RecordedCase, RunRecord } from '../../../run/results/record.ts';
import { sampleRun } from '../../sample-run.ts';

const GROUPS = ['bpffs', 'token', 'unpin', 'pins'];

/** Bugs come in with a version and go with one, as they do. */
function verdictAt(row: number, column: number): Verdict {
  if (row % 11 === 3 && column < 12) return 'XFAIL';
  if (row % 17 === 5 && column > 20 && column < 26) return 'FAIL';
  if (row === 23 && column === 30) return 'ERROR';
  if (row === 31 && column === 33) return 'XPASS';
  return row % 13 === 7 ? 'SKIP' : 'PASS';
}

/** About 160 lines, no two alike. */
function consoleOf(row: number, column: number): string {
  const lines = Array.from({ length: 160 }, (_, index) => {
    const at = ((row * 977 + column * 131 + index * 7919) % 1_000_000) / 1e6;
    return `[${(index / 10 + at).toFixed(6).padStart(12)}] bpf: case ${row} on ${column}: inode ${(at * 1e9).toFixed(0)} of line ${index}`;
  });
  return `${lines.join('\r\n')}\r\n`;
}

function cell(row: number, column: number): RecordedCase {
  const version = `6.12.${43 + 2 * column}+deb13-cloud-amd64`;
  const name = `${GROUPS[row % GROUPS.length]}/case-${String(row).padStart(2, '0')}-of-what-inodes-do`;
  const verdict = verdictAt(row, column);
  const leaf = verdict === 'SKIP' || verdict === 'ERROR' ? 'PASS' : verdict;
  const observations = Array.from({ length: 24 }, (_, index) => ({
    path: `roots[${index}].mode`,
    verdict: index === 7 ? leaf : ('PASS' as const),
    expected: '0o41777',
    observed: index === 7 && leaf !== 'PASS' ? '0o40755' : '0o41777',
  }));
  return {
    result: {
      kernel: { id: version, spec: version.replace(/\+.*/, ''), version, package: `linux-image-${version}` },
      case: name,
      verdict,
      durationMs: 400 + ((row * 37 + column * 11) % 900),
      ...(verdict === 'PASS' ? {} : { reason: 'roots[7].mode: expected 0o41777, observed 0o40755' }),
      observations: verdict === 'SKIP' || verdict === 'ERROR' ? [] : observations,
      oracles: noReports,
      rerun: `npx kconform run ${name} --kernel ${version}`,
    },
    console: consoleOf(row, column),
    transcript: `$ mount -t bpf -o mode=0${row} bpffs /mnt\n`,
  };
}

export function bigRun(cases: number, kernels: number): RunRecord {
  const [started] = sampleRun;
  if (started?.type !== 'run-started') throw new Error('the sample has no beginning');
  const cells = Array.from({ length: kernels }, (_, column) =>
    Array.from({ length: cases }, (_unused, row) => cell(row, column)),
  );
  return { started, state: 'finished', durationMs: 1_320_000, cases: cells.flat() };
}
