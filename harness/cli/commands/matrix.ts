import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printMatrix } from '../../report/text/series/matrix.ts';
import { matrixOf } from '../../series/matrix.ts';
import { chosenCases } from '../chosen-cases.ts';
import { withInterruption } from '../interruption.ts';
import { judgeOn, readAll, type SeriesOptions } from '../judge-series.ts';
import { resultsOptions } from '../options.ts';
import { type RacesChoice, racesOption } from '../races.ts';

interface Options extends SeriesOptions, RacesChoice {
  readonly all?: true;
  readonly cases?: string;
  readonly json?: true;
}

export function addMatrixCommand(program: Command): void {
  racesOption(resultsOptions(program.command('matrix'), 'needed without --results'))
    .description('print a table of cases by kernels that shows what differs between kernels')
    .argument('[case...]', 'names or groups of cases (default: all)')
    .option('--all', 'show also cases that are as expected on every kernel')
    .addHelpText(
      'after',
      `
--results reads existing results; --kernel runs the cases. Neighbouring kernels with the same results share a column.

Examples:
  npx kconform matrix --results out
  npx kconform matrix bpffs --kernel 6.12.43..6.12.101 --out out
  npx kconform matrix --kernel published:6.12 --all`,
    )
    .action(matrixCommand);
}

async function matrixCommand(names: string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const results = await resultsFor(names, options, signal);
    const chosen = results.filter(
      (one) => names.length === 0 || names.some((name) => one.case === name || one.case.startsWith(`${name}/`)),
    );
    if (chosen.length === 0) throw refusal('the results contain no such case', 'omit the names to see all cases');
    const matrix = matrixOf(chosen, options.all === true);
    if (options.json === true) {
      const document = { ...matrix, same: Object.fromEntries(matrix.same) };
      process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    } else {
      process.stdout.write(printMatrix(matrix, process.stdout.columns ?? 120, painterFor(process.stdout)));
    }
    return 0;
  });
}

async function resultsFor(names: string[], options: Options, signal: AbortSignal) {
  if (options.results !== undefined) return readAll(options.results);
  if (options.kernel === undefined) {
    throw refusal(
      'no results and no kernel were given',
      'use --results FILE to read results, or --kernel to run the cases',
    );
  }
  const races = options.races ? 'only' : 'named';
  return judgeOn(options.kernel, await chosenCases(names, { cases: options.cases, races, signal }), options, signal);
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_NO_RESULTS', blame: 'host', hint });
}
