import type { Command } from 'commander';
import { outputsFor, writeReports } from '../../report/formats/outputs.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import { eventsOf } from '../../run/results/record.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { reportHelp, reportOption } from '../report-option.ts';

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('print the results of an earlier run again, or write reports for other tools')
    .argument('<results>', 'the --out folder of a run, or its results.json')
    .addOption(reportOption('--format'))
    .addHelpText(
      'after',
      `
Examples:
  npx kconform report out
  npx kconform report out --format junit=junit.xml --format html=report.html
  npx kconform report out --format ktap > out.ktap

${reportHelp()}

The exit code is 0 when the reports are written; it does not depend on the verdicts.`,
    )
    .action(reportCommand);
}

async function reportCommand(results: string, { format = [] }: { readonly format?: readonly string[] }): Promise<void> {
  // Nothing is written but what is asked for, on GitHub either.
  const outputs = outputsFor(format, process.stdout, { environment: {}, option: '--format' });
  const record = await readStoredRun(results);
  await writeReports(record, outputs);
  if (format.length > 0) return;
  const terminal = new TerminalReporter(process.stdout);
  for (const event of eventsOf(record)) terminal.on(event);
}
