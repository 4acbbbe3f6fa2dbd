import { expect, test } from 'vitest';
import { BOOT } from '../../expect/judge/boot.ts';
import { noReports } from '../../expect/outcome.ts';
import type { CaseResult, RunEvent } from '../../run/events.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { TerminalReporter } from '../text/terminal.ts';
import { html } from './html/html.ts';
import { junit } from './junit.ts';
import { kcidb } from './kcidb.ts';
import { kcidbReport } from './kcidb-schema.ts';
import { ktap } from './ktap.ts';

const kernel = { id: 'boot', spec: '6.12.57', version: '6.12.57+deb12-cloud-amd64', package: null };
const boot: CaseResult = {
  kernel,
  case: BOOT,
  verdict: 'FAIL',
  blame: 'kernel',
  reason: 'new taint: W',
  durationMs: 15_000,
  observations: [{ path: 'booted', verdict: 'PASS', expected: 'true', observed: 'true' }],
  oracles: { ...noReports, taints: ['W'] },
  rerun: "npx kconform run '(boot)' --kernel 6.12.57",
};
const finished: RunEvent = { type: 'case-finished', kernel, result: boot, console: 'Linux version 6', transcript: '' };

async function record(): Promise<RunRecord> {
  const start = sampleRun.filter(({ type }) => type === 'run-started');
  const end = sampleRun.filter(({ type }) => type === 'run-finished');
  return recordOf([...start, finished, ...end]);
}

test('a failed boot is a separate test in every report', async () => {
  const run = await record();
  expect(junit(run)).toMatch(/<testcase name="\(boot\)" [^>]*>\s*<failure type="FAIL" message="new taint: W"/);
  expect(ktap(run)).toMatch(/^ {2}not ok 1 \(boot\) # FAIL new taint: W$/m);
  const report = kcidbReport.parse(JSON.parse(kcidb(run)));
  expect(report.tests).toMatchObject([{ path: 'kconform._boot_', status: 'FAIL' }]);
  expect(html(run)).toContain('(boot)');
  let text = '';
  const terminal = new TerminalReporter({ write: (more) => (text += more) }, {});
  terminal.on(finished);
  terminal.on({ type: 'run-finished', durationMs: 1, interrupted: false });
  expect(text).toMatch(/^FAIL {3}\(boot\) .*new taint: W$/m);
  expect(text).toContain("run it again: npx kconform run '(boot)' --kernel 6.12.57");
  expect(text).toContain('1 FAIL');
});
