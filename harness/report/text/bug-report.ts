import { describeFound, partsOf } from '../../bug-reports/choose.ts';
import type { Found, Report } from '../../bug-reports/found.ts';
import type { Reproducer } from '../../bug-reports/reproducer.ts';
import { type AskedSplat, describeSplat } from '../../bug-reports/splat/asked-splat.ts';
import { describeMachine } from '../../machine/describe.ts';
import type { Machine } from '../../machine/machine.ts';
import { plain, shorten, table } from './text.ts';

/** What is run of a report. */
export interface ShownReport {
  /** The name of its file. */
  readonly name: string;
  readonly report: Report;
  readonly found: Found;
  readonly reproducer: Reproducer;
  readonly machine: Machine;
  readonly asked: AskedSplat | undefined;
}

const WIDTH = 200;

/** What was found in a report, and how it is run, as text that ends with a line feed. */
export function printReport(shown: ShownReport): string {
  const { name, report, found, reproducer, machine, asked } = shown;
  const others = partsOf(report).flatMap((one, index) =>
    one === found ? [] : [`${describeFound(one)}: --part ${index + 1}`],
  );
  const rows = [
    ...rowsOf('runs', [describeFound(found)]),
    ...rowsOf('compiled', reproducer.compiled === undefined ? [] : [reproducer.compiled]),
    ...rowsOf(
      'commands',
      reproducer.commands.flatMap((text) => `# ${text}`.split('\n')),
    ),
    ...rowsOf('machine', [describeMachine(machine) || 'the default one']),
    ...rowsOf('sets up', reproducer.setUp),
    ...rowsOf('missing', reproducer.missing),
    ...rowsOf('question', [
      asked === undefined ? `whether ${reproducer.question}` : `this splat: ${describeSplat(asked)}`,
    ]),
    ...rowsOf('not run', [...others, ...report.notes]),
  ];
  const lines = [`${name}: ${report.form}`, ...table(rows).map((line) => `  ${line}`)];
  return `${lines.map((line) => shorten(plain(line), WIDTH).trimEnd()).join('\n')}\n`;
}

function rowsOf(title: string, values: readonly string[]): string[][] {
  return values.map((value, index) => [index === 0 ? title : '', value]);
}
