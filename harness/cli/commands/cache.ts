import type { Command } from 'commander';
import { cachePath } from '../../cache/folder.ts';
import { bytesOf, cacheLimit, keepWithin, listKept } from '../../cache/inventory.ts';
import { removeDeadMarks } from '../../cache/use.ts';
import { progressToStderr } from '../options.ts';
import { table } from './kernels.ts';

export function addCacheCommand(program: Command): void {
  program
    .command('cache')
    .description('list the files in the cache, with their size and last use')
    .option('--prune', 'remove everything that no running kconform uses; it is made or downloaded again when needed')
    .addHelpText(
      'after',
      `
After the cases of each kernel, a run removes the least recently used files that are not in use, until the cache is within
KCONFORM_CACHE_GIB (default: 10).

Examples:
  npx kconform cache
  npx kconform cache --prune
  KCONFORM_CACHE_GIB=2 npx kconform run`,
    )
    .action(async (options: { prune?: true }) => {
      if (options.prune === true) {
        const removed = await keepWithin(0, progressToStderr);
        const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
        process.stdout.write(`removed ${removed.length}, ${mebibytes(bytes)}\n`);
      }
      for (const kind of ['templates', 'kernels']) await removeDeadMarks(cachePath(kind));
      const rows = (await listKept()).map(({ kind, name, bytes, lastUsed }) => [
        `${kind}/${name}`,
        mebibytes(bytes),
        lastUsed.toISOString().slice(0, 16).replace('T', ' '),
      ]);
      const total = mebibytes(await bytesOf(cachePath()));
      const limit = mebibytes(cacheLimit(process.env.KCONFORM_CACHE_GIB));
      process.stdout.write(table([[cachePath(), 'SIZE', 'LAST USED (UTC)'], ...rows]));
      process.stdout.write(`${total} in all; a run keeps it within ${limit}\n`);
    });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
