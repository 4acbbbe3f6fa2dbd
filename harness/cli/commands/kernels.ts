import type { Command } from 'commander';
import { listBuilt } from '../../kernels/build/built.ts';
import { listPublished } from '../../kernels/debian/catalogue.ts';
import { FLAVOURS, readFlavour } from '../../kernels/flavour.ts';
import { noSuchKernel } from '../../kernels/select.ts';
import { branchOf } from '../../kernels/version.ts';
import { withInterruption } from '../interruption.ts';

export function addKernelsCommand(program: Command): void {
  program
    .command('kernels')
    .description('list the published and the built kernels that --kernel accepts')
    .argument('[series]', 'the series to list, or "all"; with :cloud, :amd64 or :rt, that flavour only', '6.12')
    .option('--json', 'print JSON')
    .option('--refresh', 'download new package lists first')
    .addHelpText(
      'after',
      '\nExamples:\n  npx kconform kernels\n  npx kconform kernels 6.12:rt\n  npx kconform kernels all --json   published kernels have `package`, built ones `built`',
    )
    .action(async (wanted: string, options: { json?: true; refresh?: true }) => {
      process.exitCode = await withInterruption(async (signal) => {
        const progress = (message: string) => process.stderr.write(`${message}\n`);
        const [series = '', flavour] = wanted.split(':');
        const flavours = flavour === undefined ? Object.values(FLAVOURS) : [readFlavour(flavour, wanted)];
        const all = await listPublished({ refresh: options.refresh === true, signal, progress });
        const kernels = all.filter(
          (kernel) => (series === 'all' || kernel.series === series) && flavours.includes(kernel.flavour),
        );
        if (kernels.length === 0) throw noSuchKernel(all, wanted);
        const builtHere = flavour === undefined ? await listBuilt() : [];
        const built = builtHere.filter(({ source }) => series === 'all' || branchOf(source) === series);
        if (options.json === true) {
          const here = built.map(({ spec, profile, source, builtAt }) => ({
            version: spec,
            series: branchOf(source),
            built: { profile, source, at: builtAt },
            cached: true,
          }));
          process.stdout.write(`${JSON.stringify([...kernels, ...here], undefined, 2)}\n`);
        } else {
          const rows = kernels.map((kernel) => [
            kernel.version,
            kernel.flavour,
            kernel.packageVersion,
            kernel.suites.join(', '),
            kernel.cached ? 'cached' : '',
          ]);
          process.stdout.write(table([['VERSION', 'FLAVOUR', 'PACKAGE VERSION', 'PUBLISHED IN', ''], ...rows]));
          const builtRows = built.map(({ spec, profile, builtAt }) => [spec, profile, builtAt.slice(0, 16)]);
          if (built.length > 0) process.stdout.write(table([['BUILT HERE', 'PROFILE', 'AT (UTC)'], ...builtRows]));
          process.stdout.write(
            `${kernels.length} packages, ${new Set(kernels.map(({ number }) => number)).size} versions\n`,
          );
        }
        return 0;
      });
    });
}

/** Columns padded to their widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
