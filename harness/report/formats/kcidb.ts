import { createHash } from 'node:crypto';
import { describeMachine } from '../../machine/describe.ts';
import type { CaseResult, KernelIdentity } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { byKernel, type KernelCases, namesIn, type RecordedCase, type RunRecord } from '../../run/results/record.ts';
import { describe } from '../text/failure.ts';
import { plain } from '../text/text.ts';
import type { KcidbReport, KcidbStatus } from './kcidb-schema.ts';

/** The most characters that the schema takes for an excerpt. */
const EXCERPT = 16_384;

/**
 * Kernel CI's common report database, I/O schema 5.3. A kernel is a checkout and a build; a case is a test of that build, at the
 * path `kconform.GROUP.CASE`. XFAIL is a FAIL with an incident of a known issue; XPASS is a PASS with an incident that says that
 * the issue is absent. ERROR is ERROR when the case is to blame, else MISS: the test did not get to say anything.
 * @param origin the name under which a CI system submits: `[a-z0-9_]+`
 */
export function kcidb(record: RunRecord, origin = 'kconform'): string {
  const kernels = byKernel(record);
  const nameOf = namesIn(record);
  const tests = record.cases.map((entry) => testOf(record, entry, nameOf, origin));
  const known = record.cases
    .map(({ result }) => result)
    .filter(({ verdict }) => verdict === 'XFAIL' || verdict === 'XPASS');
  const issues = new Map(known.map((result) => [issueId(result, origin), issueOf(result, origin)]));
  const report: KcidbReport = {
    version: { major: 5, minor: 3 },
    checkouts: kernels.map(({ kernel }) => checkoutOf(kernel, record, origin)),
    builds: kernels.map((one) => buildOf(one, origin)),
    tests,
    issues: [...issues.values()],
    incidents: known.map((result) => ({
      id: `${origin}:${hash([testId(record, result, origin), issueId(result, origin)])}`,
      origin,
      issue_id: issueId(result, origin),
      issue_version: 1,
      test_id: testId(record, result, origin),
      present: result.verdict === 'XFAIL',
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function checkoutOf(kernel: KernelIdentity, record: RunRecord, origin: string) {
  return {
    id: checkoutId(kernel, origin),
    origin,
    comment: plain(kernel.package ?? kernel.id),
    start_time: record.started.startedAt,
    valid: true,
    misc: {
      id: kernel.id,
      version: plain(kernel.version),
      spec: plain(kernel.spec),
      ...(kernel.sha256 === undefined ? {} : { sha256: plain(kernel.sha256) }),
    },
  };
}

function buildOf({ kernel, name, cases }: KernelCases, origin: string) {
  const ran = cases.some(({ result }) => result.verdict !== 'ERROR');
  return {
    id: buildId(kernel, origin),
    origin,
    checkout_id: checkoutId(kernel, origin),
    architecture: 'x86_64',
    comment: plain(name),
    // Somebody else built it; that it runs is all that we know.
    ...(ran ? { status: 'PASS' as const } : {}),
  };
}

function testOf(record: RunRecord, { result, console }: RecordedCase, nameOf: NameOf, origin: string) {
  const { host, kconform } = record.started;
  const wrong = result.verdict !== 'PASS' && result.verdict !== 'SKIP';
  const excerpt = wrong ? excerptOf(result, nameOf, console) : '';
  return {
    id: testId(record, result, origin),
    origin,
    build_id: buildId(result.kernel, origin),
    path: `kconform.${result.case.split('/').map(pathPart).join('.')}`,
    comment: plain(`${result.case}${result.reason === undefined ? '' : `: ${result.reason}`}`),
    status: statusOf(result),
    start_time: record.started.startedAt,
    duration: result.durationMs / 1000,
    environment: {
      comment: `QEMU ${host.qemu}, ${host.accelerator}`,
      misc: { qemu: host.qemu, cpus: host.cpus, accelerator: host.accelerator, reason: plain(host.acceleratorReason) },
    },
    ...(excerpt === '' ? {} : { log_excerpt: excerpt }),
    misc: {
      kconform,
      run: record.started.id,
      verdict: result.verdict,
      ...(result.blame === undefined ? {} : { blame: result.blame }),
      ...(result.fix === undefined ? {} : { fix: result.fix }),
      ...(result.machine === undefined ? {} : { machine: plain(describeMachine(result.machine)) }),
      rerun: plain(result.rerun),
    },
  };
}

function statusOf({ verdict, blame }: CaseResult): KcidbStatus {
  if (verdict === 'ERROR') return blame === 'case' ? 'ERROR' : 'MISS';
  if (verdict === 'XFAIL') return 'FAIL';
  return verdict === 'XPASS' ? 'PASS' : verdict;
}

function issueOf(result: CaseResult, origin: string) {
  return {
    id: issueId(result, origin),
    version: 1,
    origin,
    report_subject: plain(bugOf(result)),
    culprit: { code: true, tool: false, harness: false },
    ...(result.fix === undefined ? {} : { comment: `fixed by ${plain(result.fix)}` }),
  };
}

/** The declared bug's title: the judge puts it after these words where it was not seen. */
function bugOf({ reason, case: name }: CaseResult): string {
  return (reason ?? name).replace(/^(declared and not seen|changed): /, '');
}

function issueId(result: CaseResult, origin: string): string {
  return `${origin}:${hash([result.case, result.fix ?? '', bugOf(result)])}`;
}

function checkoutId({ id, package: name }: KernelIdentity, origin: string): string {
  return `${origin}:${plain(name ?? id)}`;
}

function buildId(kernel: KernelIdentity, origin: string): string {
  return `${checkoutId(kernel, origin)}:x86_64`;
}

function testId(record: RunRecord, { kernel, case: name }: CaseResult, origin: string): string {
  return `${origin}:${record.started.id}:${kernel.id}:${plain(name)}`;
}

/** A path has letters, digits, `_` and `-` between its dots. */
function pathPart(word: string): string {
  return word.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function excerptOf(result: CaseResult, nameOf: NameOf, console: string): string {
  const lines = describe(result, nameOf);
  const end = console.trimEnd().split(/\r?\n/).slice(-50).map(plain);
  const whole = [...lines, ...(console === '' ? [] : ['last lines of the console:', ...end])].join('\n');
  return whole.slice(0, EXCERPT);
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);
}
