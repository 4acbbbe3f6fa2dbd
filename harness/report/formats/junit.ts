import { hostname } from 'node:os';
import { isUnexpected, type Verdict } from '../../expect/outcome.ts';
import { describeMachine } from '../../machine/describe.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { byKernel, type KernelCases, namesIn, type RecordedCase, type RunRecord } from '../../run/results/record.ts';
import { countVerdicts } from '../../run/results/totals.ts';
import { describe } from '../text/failure.ts';
import { reusedLines } from '../text/reused.ts';
import { plain } from '../text/text.ts';
import { unwatched } from '../text/unwatched.ts';
import { element, escapeXml } from './xml.ts';

/** How much of the end of a console is kept of each case that failed, in characters; its log has the whole. */
const CONSOLE = 20_000;

/**
 * JUnit XML as Jenkins and GitLab read it: a suite a kernel, a test case a case. FAIL and XPASS are failures, ERROR is an error
 * of its blame, XFAIL and SKIP are skipped, and say which.
 */
export function junit(record: RunRecord, host: string = hostname()): string {
  const suites = byKernel(record).map((kernel, id) => suite(record, kernel, id, host));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, suites)}\n`;
}

function suite(record: RunRecord, { kernel, name, cases }: KernelCases, id: number, host: string): string {
  const { PASS, FAIL, XPASS, ERROR, XFAIL, SKIP } = countVerdicts(cases.map(({ result }) => result));
  const attributes = {
    name: plain(name),
    id,
    package: 'kconform',
    hostname: host,
    // The Apache Ant schema knows neither a fraction nor a zone.
    timestamp: record.started.startedAt.slice(0, 19),
    tests: PASS + FAIL + XPASS + ERROR + XFAIL + SKIP,
    failures: FAIL + XPASS,
    errors: ERROR,
    skipped: XFAIL + SKIP || undefined,
    time: seconds(cases.reduce((sum, { result }) => sum + result.durationMs, 0)),
  };
  const { qemu, cpus, accelerator, acceleratorReason } = record.started.host;
  const properties = {
    kconform: record.started.kconform,
    run: record.started.id,
    state: record.state,
    kernel: kernel.id,
    package: kernel.package ?? 'none',
    qemu,
    cpus,
    accelerator: `${accelerator} (${plain(acceleratorReason)})`,
    ...machinesOf(cases),
  };
  const results = cases.map(({ result }) => result);
  const told = [...unwatched(results), ...reusedLines(results, namesIn(record))];
  return element('testsuite', attributes, [
    element(
      'properties',
      {},
      Object.entries(properties).map(([name, value]) => element('property', { name, value })),
    ),
    ...cases.map((one) => testCase(one, namesIn(record))),
    element('system-out', {}, escapeXml(told.join('\n'))),
    '<system-err/>',
  ]);
}

/** A test case has no properties in the schemas of Jenkins and Ant, so its suite has them. */
function machinesOf(cases: readonly RecordedCase[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cases.flatMap(({ result }) =>
      result.machine === undefined ? [] : [[`machine of ${plain(result.case)}`, describeMachine(result.machine)]],
    ),
  );
}

function testCase({ result, console }: RecordedCase, nameOf: NameOf): string {
  const { kernel, verdict, durationMs } = result;
  const group = result.case.split('/').slice(0, -1).join('.');
  // Jenkins takes what stands before the last dot for a package: dots of a version would make packages of it.
  const classname = [plain(nameOf(kernel)).replaceAll('.', '_'), ...(group === '' ? [] : [group])].join('.');
  const told = outcome(verdict, result, nameOf);
  const log = isUnexpected(verdict) && console !== '';
  const attributes = { name: plain(result.case), classname, time: seconds(durationMs) };
  if (told === '') return element('testcase', attributes);
  return element('testcase', attributes, [told, ...(log ? [element('system-out', {}, consoleEnd(console))] : [])]);
}

function consoleEnd(console: string): string {
  const lines = console.slice(-CONSOLE).split(/\r?\n/);
  return escapeXml(lines.map(plain).join('\n'));
}

function outcome(verdict: Verdict, result: RecordedCase['result'], nameOf: NameOf): string {
  const message = plain(result.reason ?? '');
  switch (verdict) {
    case 'PASS':
      return '';
    case 'SKIP':
      return element('skipped', {}, escapeXml(message));
    case 'XFAIL':
      return element('skipped', {}, escapeXml(`XFAIL: ${message}${result.fix ? ` (lacks ${result.fix})` : ''}`));
    case 'ERROR':
      return element('error', { type: result.blame ?? 'harness', message }, text(result, nameOf));
    case 'FAIL':
    case 'XPASS':
      return element('failure', { type: verdict, message }, text(result, nameOf));
  }
}

function text(result: RecordedCase['result'], nameOf: NameOf): string {
  return escapeXml(describe(result, nameOf).join('\n'));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
