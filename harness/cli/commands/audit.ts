import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { BOOT, bootExpectation } from '../../expect/judge/boot.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printAudit } from '../../report/text/series/audit.ts';
import { kernelNames } from '../../run/kernel-names.ts';
import { audit } from '../../series/audit.ts';
import { kernelsOf } from '../../series/kernels.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeOn, readAll, type SeriesOptions } from '../judge-series.ts';
import { resultsOptions } from '../options.ts';

interface Options extends SeriesOptions {
  readonly cases?: string;
  readonly json?: true;
}

export function addAuditCommand(program: Command): void {
  resultsOptions(program.command('audit'), 'default: 6.12')
    .description(
      'print which fixes are present, missing or undetermined in a kernel, by verdict and not by version number',
    )
    .argument('[case...]', 'names or groups of cases (default: all)')
    .addHelpText(
      'after',
      `
Examples:
  npx kconform audit --kernel 6.12.57
  npx kconform audit bpffs --kernel ~/linux/arch/x86/boot/bzImage
  npx kconform audit --results out --json

Exit codes: 0 no fix is missing, 1 some are missing, 2 no case could be judged.`,
    )
    .action(auditCommand);
}

async function auditCommand(names: string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const defaults = await findDefaults();
    const cases = await chosenCases(names, { cases: options.cases });
    const results =
      options.results === undefined
        ? await judgeOn(options.kernel ?? defaults.kernels, cases, options, signal)
        : await readAll(options.results);
    const expectations = new Map([
      [BOOT, bootExpectation(defaults.boot ?? {})] as const,
      ...cases.flatMap(({ name, loaded }) =>
        loaded instanceof KconformError ? [] : [[name, loaded.expectation] as const],
      ),
    ]);
    const audits = kernelsOf(results).map((kernel) => {
      const own = results.filter((one) => one.kernel.id === kernel.id);
      return { kernel, commits: audit(own, expectations) };
    });
    if (options.json === true) process.stdout.write(`${JSON.stringify(audits, undefined, 2)}\n`);
    else {
      const paint = painterFor(process.stdout);
      const nameOf = kernelNames(audits.map(({ kernel }) => kernel));
      for (const { kernel, commits } of audits) process.stdout.write(printAudit(nameOf(kernel), commits, paint));
    }
    const states = new Set(audits.flatMap(({ commits }) => commits.map(({ state }) => state)));
    return states.has('lacks') ? 1 : states.has('has') ? 0 : 2;
  });
}
