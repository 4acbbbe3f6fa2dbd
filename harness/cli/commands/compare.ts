import type { Command } from 'commander';
import { comparisonAnnotations, guardOutput } from '../../report/formats/github.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printComparison } from '../../report/text/series/comparison.ts';
import { readResults } from '../../run/results/results-file.ts';
import { compareRuns, comparisonExitCode } from '../../series/compare.ts';

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('what became of each case from one run to another')
    .argument('<before>', 'the results.json of the earlier run, or its folder')
    .argument('<after>', 'that of the later one')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Kernels are set against each other by their package or file, else by what the same --kernel meant in either run; where each run
has but one, those two.

regression  a FAIL that was none before, or one in more observations or with other splats, leaks or taints
unstable    it came to different verdicts within one run (run --retry, run --baseline)
fixed       it misbehaved, declared or not, and behaves now
persistent  as unexpected as before
new         not judged before; a FAIL or XPASS of it counts as a regression, unless unstable
missing, changed

Examples:
  npx kconform compare yesterday today
  npx kconform compare out-6.12.116/results.json out-6.12.117/results.json
  npx kconform run --baseline yesterday --out today

Exit codes: 0 no regression, 1 some regression or a new case with FAIL or XPASS, 2 an ERROR that was none before, or
nothing that both runs judged.`,
    )
    .action(async (before: string, after: string, options: { readonly json?: true }) => {
      const [then, now] = await Promise.all([readResults(before), readResults(after)]);
      const comparison = compareRuns(then.results, now.results);
      if (options.json === true) process.stdout.write(`${JSON.stringify(comparison, undefined, 2)}\n`);
      else {
        const guard = guardOutput(process.stdout, process.env);
        process.stdout.write(printComparison(comparison, painterFor(process.stdout)));
        guard.end(comparisonAnnotations(comparison));
      }
      process.exitCode = comparisonExitCode(comparison);
    });
}
