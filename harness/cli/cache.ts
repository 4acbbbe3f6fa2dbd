import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { cachePath } from '../cache/folder.ts';
import { table } from './kernels.ts';

export function addCacheCommand(program: Command): void {
  program
    .command('cache')
    .description('show what is kept from earlier runs, and how large it is')
    .option('--prune', 'remove the frozen guests (they are made again in some seconds each)')
    .addHelpText('after', '\nExamples:\n  npx kconform cache\n  npx kconform cache --prune')
    .action(async (options: { prune?: true }) => {
      if (options.prune === true) await rm(cachePath('templates'), { recursive: true, force: true });
      const names = await readdir(cachePath()).catch(() => []);
      const rows = await Promise.all(names.map(async (name) => [name, mebibytes(await sizeOf(cachePath(name)))]));
      process.stdout.write(table([[cachePath(), 'SIZE'], ...rows]));
    });
}

/** Bytes on the disk: the memory of a frozen guest is a sparse file. */
async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.blocks * 512;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
