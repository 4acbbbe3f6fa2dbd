import type { Command } from 'commander';
import { comparisonAnnotations, guardOutput } from '../../report/formats/github.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printComparison } from '../../report/text/series/comparison.ts';
import { editsBetween } from '../../run/discovery/case-inputs.ts';
import { readResults } from '../../run/results/results-file.ts';
import { compareRuns, comparisonExitCode } from '../../series/compare.ts';
import { type CompareOptions, compareKernels, meansKernels, refuseForResults } from '../compare-kernels.ts';
import { withInterruption } from '../interruption.ts';
import { acceleratorOption, positive } from '../options.ts';
import { racesOption } from '../races.ts';
import { freshOption } from '../reuse-options.ts';

export function addCompareCommand(program: Command): void {
  racesOption(freshOption(program.command('compare')))
    .description(
      'compare two runs (regressions, fixes, unstable cases), or two kernels (what an update changes for user space)',
    )
    .argument('<before>', 'the --out folder of the earlier run, or its results.json; or a kernel: 6.12.57')
    .argument('<after>', 'the same of the later run, or the newer kernel')
    .argument('[case...]', 'with kernels: names or groups of cases (default: all)')
    .option('--json', 'print JSON')
    .addOption(acceleratorOption())
    .option('--out <folder>', 'with kernels: write the results of the run to this folder')
    .option(
      '--jobs <count>',
      'with kernels: run this many guests at once (default: one per core, as memory allows)',
      positive,
    )
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
Two kernels: the cases run on both, unless nothing has changed since an earlier run. What differs is printed by area, with the
observations, the fix that explains it and its CVE numbers ("as without": the newer kernel behaves as one that does not have it);
then what is wrong on both, and what is undetermined. A path that
exists is a path, also if it is called like a version. docs/update.schema.json describes what --json prints.

Two runs: kernels are matched by package or file, else by the value of --kernel. If each run has only one kernel, the two are compared.

regression  a new FAIL, or a FAIL with more observations or with other splats, leaks or taints
edited      the case was edited, or ran on another machine, and its result differs; FAIL or XPASS counts as with a new case
undetermined  a race shows in one of the runs only, which proves nothing; FAIL or XPASS counts as with a new case
unstable    different verdicts within one run (run --retry, run --baseline)
fixed       FAIL or XFAIL before, PASS now
persistent  the same unexpected verdict as before
new         not judged before; FAIL or XPASS counts as a regression, unless unstable
missing     judged before, not now
changed     any other change of the verdict

Examples:
  npx kconform compare 6.12.57 6.12.118
  npx kconform compare 6.12.57 6.12.118 mounts kselftest/futex
  npx kconform compare yesterday today
  npx kconform compare out-6.12.116/results.json out-6.12.117/results.json
  npx kconform run --baseline yesterday --out today

Exit codes: 0 no regression, 1 some regression, or a new, edited or undetermined case with FAIL or XPASS, 2 a new ERROR, or
the runs have no kernel or no case in common. With kernels: 1 something broke, or a race is a FAIL on the newer one, 2 an ERROR
on the newer kernel only, or nothing could be said of any case, else 0.`,
    )
    .action(compareCommand);
}

async function compareCommand(before: string, after: string, names: string[], options: CompareOptions): Promise<void> {
  if (meansKernels([before, after])) {
    process.exitCode = await withInterruption((signal) => compareKernels([before, after], names, options, signal));
    return;
  }
  refuseForResults(names, options);
  process.exitCode = await compareResults(before, after, options.json === true);
}

async function compareResults(before: string, after: string, asJson: boolean): Promise<number> {
  const [then, now] = await Promise.all([readResults(before), readResults(after)]);
  const edits = editsBetween(then.run.planned?.inputs, now.run.planned?.inputs);
  const comparison = compareRuns(then.results, now.results, edits);
  if (asJson) process.stdout.write(`${JSON.stringify(comparison, undefined, 2)}\n`);
  else {
    const guard = guardOutput(process.stdout, process.env);
    process.stdout.write(printComparison(comparison, painterFor(process.stdout)));
    guard.end(comparisonAnnotations(comparison));
  }
  return comparisonExitCode(comparison);
}
