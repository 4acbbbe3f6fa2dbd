import type { Command } from 'commander';
import { listArchives, packageArchive } from '../../packages/archive.ts';
import { withInterruption } from '../interruption.ts';
import { progressToStderr } from '../options.ts';
import { table } from './kernels.ts';

export function addPackagesCommand(program: Command): void {
  program
    .command('packages')
    .description('download Debian packages for guests, or list those in the cache')
    .argument(
      '[names...]',
      'the packages that one guest gets together: strace iproute2; without names, list what is in the cache',
    )
    .option('--refresh', 'download new package lists first, and the packages again if there are newer versions')
    .addHelpText(
      'after',
      `
Guests keep the versions in the cache until they are refreshed or removed (npx kconform cache --prune).

Examples:
  npx kconform packages
  npx kconform packages strace iproute2   before a run without a network
  npx kconform packages --refresh strace iproute2`,
    )
    .action(async (names: string[], options: { refresh?: true }) => {
      process.exitCode = await withInterruption(async (signal) => {
        if (names.length === 0) {
          await printArchives(options.refresh === true, signal);
          return 0;
        }
        const archive = await packageArchive(names, {
          refresh: options.refresh === true,
          progress: progressToStderr,
          signal,
        });
        const rows = archive.packages.map((one) => one.split('='));
        process.stdout.write(table([['PACKAGE', 'VERSION'], ...rows]));
        process.stdout.write(
          `${rows.length} packages of Debian ${archive.suite}, ${mebibytes(archive.size)}; a guest gets ${archive.memoryMiB} MiB of memory more\n`,
        );
        return 0;
      });
    });
}

async function printArchives(refresh: boolean, signal: AbortSignal): Promise<void> {
  if (refresh) {
    for (const { names } of await listArchives())
      await packageArchive(names, { refresh, progress: progressToStderr, signal });
  }
  const rows = (await listArchives()).map(({ names, suite, packages, size, memoryMiB }) => [
    names.join(' '),
    suite,
    String(packages.length),
    mebibytes(size),
    `${memoryMiB} MiB`,
  ]);
  process.stdout.write(table([['ASKED FOR', 'RELEASE', 'PACKAGES', 'SIZE', 'MEMORY'], ...rows]));
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
