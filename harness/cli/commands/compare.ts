import type { Command } from 'commander';
import { comparisonAnnotations, guardOutput } from '../../report/formats/github.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printComparison } from '../../report/text/series/comparison.ts';
import { editsBetween } from '../../run/discovery/case-inputs.ts';
import { readResults } from '../../run/results/results-file.ts';
import { compareRuns, comparisonExitCode } from '../../series/compare.ts';

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('compare two runs: regressions, fixes and unstable cases')
    .argument('<before>', 'the --out folder of the earlier run, or its results.json')
    .argument('<after>', 'the --out folder of the later run, or its results.json')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Kernels are matched by package or file, else by the value of --kernel. If each run has only one kernel, the two are compared.

regression  a new FAIL, or a FAIL with more observations or with other splats, leaks or taints
edited      the case was edited, or ran on another machine, and its result differs; FAIL or XPASS counts as with a new case
unstable    different verdicts within one run (run --retry, run --baseline)
fixed       FAIL or XFAIL before, PASS now
persistent  the same unexpected verdict as before
new         not judged before; FAIL or XPASS counts as a regression, unless unstable
missing     judged before, not now
changed     any other change of the verdict

Examples:
  npx kconform compare yesterday today
  npx kconform compare out-6.12.116/results.json out-6.12.117/results.json
  npx kconform run --baseline yesterday --out today

Exit codes: 0 no regression, 1 some regression, or a new or edited case with FAIL or XPASS, 2 a new ERROR, or
the runs have no kernel or no case in common.`,
    )
    .action(async (before: string, after: string, options: { readonly json?: true }) => {
      const [then, now] = await Promise.all([readResults(before), readResults(after)]);
      const comparison = compareRuns(
        then.results,
        now.results,
        editsBetween(then.run.planned?.inputs, now.run.planned?.inputs),
      );
      if (options.json === true) process.stdout.write(`${JSON.stringify(comparison, undefined, 2)}\n`);
      else {
        const guard = guardOutput(process.stdout, process.env);
        process.stdout.write(printComparison(comparison, painterFor(process.stdout)));
        guard.end(comparisonAnnotations(comparison));
      }
      process.exitCode = comparisonExitCode(comparison);
    });
}
