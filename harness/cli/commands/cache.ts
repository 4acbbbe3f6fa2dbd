import type { Command } from 'commander';
import { cachePath } from '../../cache/folder.ts';
import { bytesOf, cacheLimit, keepWithin, listKept } from '../../cache/inventory.ts';
import { removeDeadMarks } from '../../cache/use.ts';
import { progressToStderr } from '../options.ts';
import { table } from './kernels.ts';

export function addCacheCommand(program: Command): void {
  program
    .command('cache')
    .description('show what is kept from earlier runs, how large it is and when it was last used')
    .option('--prune', 'remove what can be made or fetched again and no running kconform uses')
    .addHelpText(
      'after',
      `
Whenever the cases of a kernel are over, a run removes what was used longest ago and is in no use, until the rest is within
KCONFORM_CACHE_GIB (10 without it).

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
