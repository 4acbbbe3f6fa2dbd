import type { Observation } from '../../expect/judge/judge-leaf.ts';
import { isUnexpected, type OracleReports } from '../../expect/outcome.ts';
import { describeMachine } from '../../machine/describe.ts';
import type { CaseResult } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { byKernel, type KernelCases, namesIn, type RunRecord } from '../../run/results/record.ts';
import { describe } from '../text/failure.ts';
import { subtestAt } from '../text/skips.ts';
import { plain } from '../text/text.ts';

/** A test and its subtests, as KTAP nests them: kernels, their cases, the observations of each. */
interface Test {
  readonly name: string;
  readonly ok: boolean;
  /** `SKIP` or another directive, and why. */
  readonly directive?: string;
  /** Lines to print above the result. */
  readonly diagnostics?: readonly string[];
  readonly subtests: readonly Test[];
}

/**
 * KTAP version 1 (Documentation/dev-tools/ktap.rst). XFAIL and SKIP are `ok` with that directive; FAIL, XPASS and ERROR are
 * `not ok`. A case that fails for something that none of its observations shows gets a subtest that says so, since readers count
 * the innermost tests.
 */
export function ktap(record: RunRecord): string {
  const nameOf = namesIn(record);
  const kernels = byKernel(record).map((kernel) => kernelTest(kernel, nameOf));
  return `${plan(kernels, '').join('\n')}\n`;
}

function kernelTest({ name, cases }: KernelCases, nameOf: NameOf): Test {
  const subtests = cases.map(({ result }) => caseTest(result, nameOf));
  return { name, ok: subtests.every(({ ok }) => ok), subtests };
}

function caseTest(result: CaseResult, nameOf: NameOf): Test {
  const { verdict, reason } = result;
  const ok = !isUnexpected(verdict);
  const skips = new Map((result.skips ?? []).map(({ subtest, reason: why }) => [subtest, why]));
  const tests = result.observations.map((one) => leafTest(one, skips));
  const leaves = verdict === 'SKIP' ? [] : [...tests, ...oracleTests(result.oracles, ok)];
  const unexplained = leaves.length > 0 && !ok && leaves.every((leaf) => leaf.ok);
  return {
    name: result.case,
    ok,
    ...(verdict === 'PASS' ? {} : { directive: `${verdict} ${reason ?? ''}` }),
    diagnostics: ok ? machineLines(result) : describe(result, nameOf).slice(1),
    subtests: unexplained ? [...leaves, { name: 'verdict', ok, directive: reason ?? '', subtests: [] }] : leaves,
  };
}

/** For a case that is as expected; the others name it among all they say. */
function machineLines({ machine }: CaseResult): string[] {
  return machine === undefined ? [] : [`machine: ${describeMachine(machine)}`];
}

function leafTest(
  { path, verdict, expected, observed }: Observation,
  skips: ReadonlyMap<string | undefined, string | undefined>,
): Test {
  if (verdict === 'SKIP') {
    return { name: path, ok: true, directive: `SKIP ${skips.get(subtestAt(path)) ?? ''}`.trimEnd(), subtests: [] };
  }
  const told = verdict === 'PASS' ? {} : { directive: `${verdict} expected ${expected}, observed ${observed}` };
  return { name: path === '' ? 'outcome' : path, ok: !isUnexpected(verdict), ...told, subtests: [] };
}

/** What oracles saw; where the case is as expected they saw what it declares. One that could not look is skipped. */
function oracleTests({ splats, leaks, taints, counters, unavailable }: OracleReports, ok: boolean): Test[] {
  const seen = { splats, leaks, taints, counters };
  return [
    ...Object.entries(seen)
      .filter(([, reports]) => reports.length > 0)
      .map(([name, reports]) => ({ name: `no ${name}`, ok, directive: `${reports.length} seen`, subtests: [] })),
    ...Object.entries(unavailable).map(([name, why]) => ({
      name: `oracle ${name}`,
      ok: true,
      directive: `SKIP ${why}`,
      subtests: [],
    })),
  ];
}

function plan(tests: readonly Test[], indent: string, parent?: string): string[] {
  return [
    `${indent}KTAP version 1`,
    ...(parent === undefined ? [] : [`${indent}# Subtest: ${parent}`]),
    `${indent}1..${tests.length}`,
    ...tests.flatMap((test, index) => print(test, index + 1, indent, parent)),
  ];
}

function print(test: Test, number: number, indent: string, parent: string | undefined): string[] {
  const { ok, directive, diagnostics = [], subtests } = test;
  const name = nameOf(test.name, parent);
  return [
    ...(subtests.length > 0 ? plan(subtests, `${indent}  `, name) : []),
    ...diagnostics.map((line) => `${indent}# | ${data(line)}`.trimEnd()),
    `${indent}${ok ? 'ok' : 'not ok'} ${number} ${name}${directive === undefined ? '' : ` # ${data(directive)}`}`.trimEnd(),
  ];
}

/** A name has no `#`, does not begin with the dash that may stand before it, and differs from its parent's, by which a parser knows the parent's end. */
function nameOf(text: string, parent: string | undefined): string {
  const name =
    data(text)
      .replaceAll('\\#', '%23')
      .replace(/^[\s-]+/, '')
      .trim() || 'unnamed';
  return name === parent ? `${name} (observation)` : name;
}

/**
 * Text from outside on a line of ours. ` # SKIP` anywhere in a line would make a failure a skipped test, and the lines with
 * which a kernel ends would end the report.
 */
function data(text: string): string {
  return plain(text)
    .replaceAll('#', '\\#')
    .replace(/List of all partitions:|Kernel panic - not syncing: VFS:|reboot: System halted/g, (end) =>
      end.replace(/ (?=\S+$)/, '  '),
    );
}
