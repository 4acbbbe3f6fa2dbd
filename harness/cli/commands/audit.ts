import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { BOOT, bootExpectation } from '../../expect/judge/boot.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printAudit } from '../../report/text/series/audit.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { kernelNames } from '../../run/kernel-names.ts';
import { type Audited, audit, cveOf, declaresCve } from '../../series/audit.ts';
import { auditDocument } from '../../series/documents.ts';
import { kernelsOf } from '../../series/kernels.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeOn, readAll, type SeriesOptions } from '../judge-series.ts';
import { progressToStderr, resultsOptions } from '../options.ts';
import { type RacesChoice, racesOption, withRaces } from '../races.ts';

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

Exit codes: 0 no fix is missing, 1 some are missing, 2 no case could be judged.`,
    )
    .action(auditCommand);
}

async function auditCommand(names: string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const defaults = await findDefaults();
    const all = await chosenCases(names, { cases: options.cases, races: 'all' });
    const cases = auditedCases(all, names, options);
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
      return { kernel, commits: ofCve(audit(own, expectations), options.cve) };
    });
    if (options.json === true) process.stdout.write(`${JSON.stringify(auditDocument(audits), undefined, 2)}\n`);
    else {
      const paint = painterFor(process.stdout);
      const nameOf = kernelNames(audits.map(({ kernel }) => kernel));
      for (const { kernel, commits } of audits) process.stdout.write(printAudit(nameOf(kernel), commits, paint));
    }
    const states = new Set(audits.flatMap(({ commits }) => commits.map(({ state }) => state)));
    return states.has('lacks') ? 1 : states.has('has') ? 0 : 2;
  });
}

/** A number that only a race declares is known too; results that exist may have races. */
function auditedCases(all: readonly Case[], names: readonly string[], options: Options): readonly Case[] {
  const declared = withCve(all, options.cve);
  if (options.results !== undefined && !options.races) return declared;
  return withRaces(declared, names, options.races ? 'only' : 'named', progressToStderr);
}

/** The cases that declare a bug with one of the CVE numbers; all cases if no number was given. */
function withCve(cases: readonly Case[], numbers: readonly string[] | undefined): readonly Case[] {
  if (numbers === undefined) return cases;
  const declared = cases.flatMap(({ loaded }) => (loaded instanceof KconformError ? [] : cveOf(loaded.expectation)));
  const unknown = numbers.filter((number) => !declared.includes(number));
  if (unknown.length > 0) {
    throw new KconformError(`no case declares ${unknown.join(', ')}`, {
      code: 'KC_UNKNOWN_CVE',
      blame: 'host',
      hint: `declared: ${[...new Set(declared)].sort().join(', ') || 'none'}`,
    });
  }
  return cases.filter(({ loaded }) => !(loaded instanceof KconformError) && declaresCve(loaded.expectation, numbers));
}

function ofCve(audited: readonly Audited[], numbers: readonly string[] | undefined): readonly Audited[] {
  return numbers === undefined ? audited : audited.filter(({ cve }) => cve.some((number) => numbers.includes(number)));
}
