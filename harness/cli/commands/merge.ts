import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { exitCodeOf } from '../../expect/outcome.ts';
import { outputsFor, writeReports } from '../../report/formats/outputs.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { EarlierResults } from '../../run/results/earlier-results.ts';
import { eventsOf, namesIn, type RecordedCase, type RunRecord } from '../../run/results/record.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { ambiguousKernels, casesOnSeveralMachines, type Merged, merge } from '../../series/merge.ts';
import { withOutFolder } from '../out-folder.ts';
import { reportOption } from '../report-option.ts';

interface Options {
  readonly out: string;
  readonly report?: readonly string[];
}

export function addMergeCommand(program: Command): void {
  program
    .command('merge')
    .description('merge the parts of a run (run --shard) into one, and list what is missing')
    .argument('<folder...>', 'the --out folders of the parts')
    .requiredOption(
      '--out <folder>',
      'write the merged results.json, console logs and transcripts to this folder, and replace those of an earlier run',
    )
    .addOption(reportOption('--report'))
    .addHelpText(
      'after',
      `
A case that two parts judged is kept once. If the verdicts differ, the unexpected one is kept and the case is marked as unstable.

Examples:
  npx kconform merge part-1 part-2 part-3 part-4 --out out
  npx kconform merge part-* --out out --report junit=junit.xml

Exit codes: as of run; 2 also when results are missing.`,
    )
    .action(mergeCommand);
}

async function mergeCommand(folders: string[], { out, report }: Options): Promise<void> {
  const own = resolve(out);
  await withOutFolder(own, () => mergeInto(own, folders, report));
}

async function mergeInto(out: string, folders: readonly string[], report: Options['report']): Promise<void> {
  const outputs = outputsFor(report ?? [], process.stdout);
  const parts = await Promise.all(folders.map(readStoredRun));
  await refuseOverwriting(folders, out);
  const ambiguous = ambiguousKernels(parts.map(({ started, cases }) => ({ planned: started.planned, cases })));
  if (ambiguous.length > 0)
    throw refusal(`the parts judged different kernels as ${ambiguous.join(', ')}`, 'run them again on one image');
  const several = casesOnSeveralMachines(parts);
  if (several.length > 0)
    throw refusal(
      `the parts ran ${several.join(', ')} on different machines`,
      'run all parts with the same machine options and configuration',
    );
  const merged = merge(parts.map(({ started, cases }) => ({ planned: started.planned, cases })));
  const record = recordOf(parts, merged);
  const terminal = new TerminalReporter(outputs.takesStdout ? process.stderr : process.stdout);
  const results = new ResultsReporter(out, record.cases, () => 0);
  const earlier = new EarlierResults(out, (message) => process.stderr.write(`${message}\n`));
  for (const event of eventsOf(record)) {
    await earlier.on(event);
    await results.on(event);
    terminal.on(event);
  }
  await writeReports(record, outputs);
  for (const line of missingLines(merged, namesIn(record))) process.stderr.write(`${line}\n`);
  process.exitCode = merged.missing.length > 0 ? 2 : exitCodeOf(merged.cases.map(({ result }) => result));
}

function recordOf(parts: readonly RunRecord[], merged: Merged<RecordedCase>): RunRecord {
  const [first] = [...parts].sort((a, b) => (a.started.startedAt < b.started.startedAt ? -1 : 1));
  if (first === undefined) throw new TypeError('there is at least one part');
  const { planned: _, plan: __, ...started } = first.started;
  return {
    started: { ...started, id: randomUUID(), ...(merged.planned === undefined ? {} : { planned: merged.planned }) },
    state: merged.missing.length > 0 ? 'interrupted' : 'finished',
    durationMs: Math.max(...parts.map(({ durationMs }) => durationMs)),
    cases: merged.cases,
  };
}

/** By kernel, and the parts that are not there. */
function missingLines({ missing, missingShards }: Merged<RecordedCase>, nameOf: NameOf): string[] {
  const byKernel = new Map<string, string[]>();
  for (const { kernel, case: name } of missing) {
    byKernel.set(nameOf(kernel), [...(byKernel.get(nameOf(kernel)) ?? []), name]);
  }
  return [
    ...(missingShards.length === 0 ? [] : [`missing parts: ${missingShards.join(', ')}`]),
    ...[...byKernel].map(([kernel, names]) => `missing on ${kernel}: ${names.length} (${names.join(', ')})`),
  ];
}

async function refuseOverwriting(folders: readonly string[], out: string): Promise<void> {
  const own = await realpath(out).catch(() => undefined);
  for (const folder of folders) {
    if ((await realpath(folder)) !== own) continue;
    throw refusal(`${out} is one of the parts`, 'give --out a folder of its own');
  }
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_MERGE', blame: 'host', hint });
}
