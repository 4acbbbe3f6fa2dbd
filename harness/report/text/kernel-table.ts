import { isRecord } from '../../expect/matchers/matches.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { headline, tallyOf } from './attempt.ts';
import { plain, shorten, table } from './text.ts';

/** The runs of a scenario on one kernel. */
export interface KernelRuns {
  readonly version: string;
  readonly runs: readonly ScenarioRun[];
}

const VALUE_WIDTH = 60;
const MOST_DIFFERENCES = 20;

/** The result of a scenario on several kernels, a line for each, then the observations that differ. */
export function printKernelTable(kernels: readonly KernelRuns[]): string {
  const rows = kernels.map(({ version, runs }) => [version, resultOf(runs)]);
  const lines = ['', ...table([['kernel', 'result'], ...rows])];
  const differing = table(differences(kernels)).map((line) => `  ${line}`);
  if (differing.length > 0) lines.push('', 'what differs:', ...differing.slice(0, MOST_DIFFERENCES));
  if (differing.length > MOST_DIFFERENCES) lines.push(`  (${differing.length - MOST_DIFFERENCES} more)`);
  if (differing.length === 0) lines.push('', 'all observations are the same on all of these kernels');
  return `${lines.join('\n')}\n`;
}

function resultOf(runs: readonly ScenarioRun[]): string {
  const [first, second] = runs;
  if (first === undefined) return 'it was not run';
  return second === undefined ? headline(first) : tallyOf(runs);
}

/** Of several runs on one kernel, the first speaks for it. */
function differences(kernels: readonly KernelRuns[]): string[][] {
  const leaves = kernels.map(({ version, runs: [first] }) => ({ version, values: leavesOf(first) }));
  const all = [...new Set(leaves.flatMap(({ values }) => [...values.keys()]))];
  const isProgram = all.includes('exitCode') && all.includes('output'); // the result says what it made of them
  const names = all.filter((name) => !(isProgram && (name === 'status' || name === 'reason')));
  return names.flatMap((name) => {
    const found = leaves.map(({ values }) => values.get(name) ?? '(not observed)');
    if (new Set(found).size === 1) return [];
    const shown = differingLines(found);
    const versions = new Map<string, string[]>();
    for (const [index, { version }] of leaves.entries()) {
      const value = shown[index] ?? '';
      versions.set(value, [...(versions.get(value) ?? []), version]);
    }
    return [...versions].map(([value, own], index) => [
      index === 0 ? name : '',
      shorten(plain(value), VALUE_WIDTH),
      `on ${own.join(', ')}`,
    ]);
  });
}

/** Of texts of several lines, the first line that is not the same in all. */
function differingLines(values: readonly string[]): readonly string[] {
  const lines = values.map((value) => value.split('\n'));
  const most = Math.max(...lines.map(({ length }) => length));
  for (let at = 0; at < most; at++) {
    const here = lines.map((one) => one[at] ?? '(ends before)');
    if (new Set(here).size > 1) return here;
  }
  return values;
}

/** Values by their path; texts as they are, so that their lines stay different. */
function leavesOf(run: ScenarioRun | undefined): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'string') leaves.set(path, value);
    else if (isRecord(value)) for (const [name, member] of Object.entries(value)) add(`${path}.${name}`, member);
    else leaves.set(path, JSON.stringify(value));
  };
  const observations = run !== undefined && 'outcome' in run ? (run.outcome.observations ?? {}) : {};
  for (const [name, value] of Object.entries(observations)) add(name, value);
  return leaves;
}
