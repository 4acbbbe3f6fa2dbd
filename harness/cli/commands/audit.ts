import type { Command } from 'commander';
import { BOOT, bootExpectation } from '../../expect/judge/boot.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printAudit } from '../../report/text/series/audit.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { kernelNames } from '../../run/kernel-names.ts';
import { auditExitCode, auditKernels } from '../../series/audit-kernels.ts';
import { auditDocument } from '../../series/documents.ts';
import { auditedCases, expectationsOf, type ForAudit, readForAudit } from '../audited-cases.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeOn, type SeriesOptions } from '../judge-series.ts';
import { resultsOptions } from '../options.ts';
import { type RacesChoice, racesOption } from '../races.ts';

interface Options extends SeriesOptions, RacesChoice {
  readonly cases?: string;
  readonly cve?: readonly string[];
  readonly json?: true;
}

export function addAuditCommand(program: Command): void {
  racesOption(resultsOptions(program.command('audit'), 'default: 6.12'))
    .description(
      'print which fixes are present, missing or undetermined in a kernel, by verdict and not by version number',
    )
    .argument('[case...]', 'names or groups of cases (default: all)')
    .option('--cve <number...>', 'only commits with these CVE numbers, which cases name')
    .addHelpText(
      'after',
      `
Examples:
  npx kconform audit --kernel 6.12.57
  npx kconform audit bpffs --kernel ~/linux/arch/x86/boot/bzImage
  npx kconform audit --results out --json
  npx kconform audit --cve CVE-2026-31554 --kernel 6.12.74

docs/audit.schema.json describes what --json prints.

--cve takes all cases about the commits that the numbers lead to, also those that do not repeat the numbers.

Exit codes: 0 no fix is missing, 1 some are missing, 2 the answer is not whole, even if some are missing too: a case could not be
loaded or is an ERROR, nothing is known of a kernel, or a number of --cve is undetermined on one.`,
    )
    .action(auditCommand);
}

async function auditCommand(names: string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const defaults = await findDefaults();
    const all = await chosenCases(names, { cases: options.cases, races: 'all' });
    const { heard, judged, unloaded, asked } = auditedCases(all, names, options);
    const { results, kernels, isEdited } =
      options.results === undefined
        ? await judgedNow(options.kernel ?? defaults.kernels, judged, options, signal)
        : await readForAudit(options.results, heard);
    const expectations = new Map([[BOOT, bootExpectation(defaults.boot ?? {})] as const, ...expectationsOf(heard)]);
    const audits = auditKernels(results, kernels, { expectations, unloaded, ...(asked && { asked }), isEdited });
    if (options.json === true) process.stdout.write(`${JSON.stringify(auditDocument(audits), undefined, 2)}\n`);
    else {
      const paint = painterFor(process.stdout);
      const nameOf = kernelNames(audits.map(({ kernel }) => kernel));
      for (const one of audits) process.stdout.write(printAudit(nameOf(one.kernel), one, paint));
    }
    return auditExitCode(audits, asked);
  });
}

async function judgedNow(
  specs: readonly string[],
  cases: readonly Case[],
  options: Options,
  signal: AbortSignal,
): Promise<ForAudit> {
  return { results: await judgeOn(specs, cases, options, signal), kernels: [], isEdited: () => false };
}
