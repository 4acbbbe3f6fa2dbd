import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { listBuilt } from '../../kernels/build/built.ts';
import type { AptOptions } from '../../kernels/debian/apt.ts';
import { listPublished, type PublishedKernel } from '../../kernels/debian/catalogue.ts';
import { readFlavour } from '../../kernels/flavour.ts';
import { matchesFlavour, noSuchKernel } from '../../kernels/select.ts';
import { archiveNamed, declaredArchives } from '../../kernels/sources/archive.ts';
import { branchOf } from '../../kernels/version.ts';
import { withInterruption } from '../interruption.ts';
import { progressToStderr } from '../options.ts';

export function addKernelsCommand(program: Command): void {
  program
    .command('kernels')
    .description('list the published and the built kernels that --kernel accepts')
    .argument(
      '[series]',
      'a series (6.12), a declared source (ubuntu, ubuntu:6.8) or "all"; add :rt for one flavour',
      '6.12',
    )
    .option('--json', 'print JSON')
    .option('--refresh', 'download new package lists first')
    .addHelpText(
      'after',
      `
Examples:
  npx kconform kernels
  npx kconform kernels 6.12:rt
  npx kconform kernels ubuntu:6.8   a source that kconform.config.ts declares (kernels.sources)
  npx kconform kernels all --json   published kernels have \`package\`, built ones \`built\`

--kernel also accepts files: an image, a .deb, .rpm or tar package, several with commas between them, a folder, a build tree,
or https://…#sha256=HEX. docs/kernels.md lists all forms.`,
    )
    .action(async (wanted: string, options: Options) => {
      process.exitCode = await withInterruption(async (signal) => {
        const asked = await readWanted(wanted);
        const listed = await listAll(asked, { refresh: options.refresh === true, signal, progress: progressToStderr });
        const { flavour, series } = asked;
        const isWanted = (kernel: PublishedKernel) =>
          (series === 'all' || kernel.series === series) && (flavour === undefined || matchesFlavour(kernel, flavour));
        const kernels = listed.filter(isWanted);
        const builtHere = flavour === undefined && asked.source === undefined ? await listBuilt() : [];
        const built = builtHere.filter(({ source }) => series === 'all' || branchOf(source) === series);
        if (kernels.length === 0) throw noSuchKernel(listed, wanted);
        process.stdout.write(options.json === true ? json(kernels, built) : tables(kernels, built));
        return 0;
      });
    });
}

interface Options {
  readonly json?: true;
  readonly refresh?: true;
}

/** What the argument of the command names. */
interface Wanted {
  /** `debian` or a declared source; undefined for all of them. */
  readonly source: string | undefined;
  readonly series: string;
  readonly flavour: string | undefined;
}

async function readWanted(wanted: string): Promise<Wanted> {
  const [first = '', ...rest] = wanted.split(':');
  const sources = (await declaredArchives()).map(({ source }) => source?.name);
  const isSource = first !== 'all' && (sources.includes(first) || /^[a-z]/.test(first));
  const [series = 'all', flavour] = isSource ? rest : [first, ...rest];
  const source = isSource ? first : undefined;
  if (flavour !== undefined && source === undefined && sources.length === 0) readFlavour(flavour);
  return { source, series: series === '' ? 'all' : series, flavour };
}

/** Debian's kernels and those of the declared sources. A source that cannot be used is an error only where it was asked for. */
async function listAll({ source }: Wanted, options: AptOptions): Promise<PublishedKernel[]> {
  if (source !== undefined) return listPublished(options, await archiveNamed(source));
  const all = await listPublished(options);
  for (const archive of await declaredArchives()) {
    try {
      all.push(...(await listPublished(options, archive)));
    } catch (error) {
      if (!(error instanceof KconformError && error.code === 'KC_KERNEL_SOURCE')) throw error;
      options.progress?.(error.message);
    }
  }
  return all;
}

type Built = Awaited<ReturnType<typeof listBuilt>>;

function json(kernels: readonly PublishedKernel[], built: Built): string {
  const here = built.map(({ spec, profile, source, builtAt }) => ({
    version: spec,
    series: branchOf(source),
    built: { profile, source, at: builtAt },
    cached: true,
  }));
  return `${JSON.stringify([...kernels, ...here], undefined, 2)}\n`;
}

function tables(kernels: readonly PublishedKernel[], built: Built): string {
  const rows = kernels.map((kernel) => [
    kernel.source === undefined ? kernel.version : `${kernel.source}:${kernel.version}`,
    kernel.flavour,
    kernel.packageVersion,
    kernel.suites.join(', '),
    kernel.cached ? 'cached' : '',
  ]);
  const builtRows = built.map(({ spec, profile, builtAt }) => [spec, profile, builtAt.slice(0, 16)]);
  return [
    table([['VERSION', 'FLAVOUR', 'PACKAGE VERSION', 'PUBLISHED IN', ''], ...rows]),
    built.length === 0 ? '' : table([['BUILT HERE', 'PROFILE', 'AT (UTC)'], ...builtRows]),
    `${kernels.length} packages, ${new Set(kernels.map(({ number }) => number)).size} versions\n`,
  ].join('');
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
