/**
 * Checks that the splat reader finds nothing in logs of normal boots: `node --import tsx ci/clean-boots.ts` reads the boot of each
 * template in the cache (a run with `--kernel published:6.12` makes one for each kernel). Prints what it finds. Exit code 1 when
 * it finds something, 2 when there is no template.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath } from '../harness/cache/folder.ts';
import { readSplats } from '../harness/oracles/splats/splats.ts';

const boots: { kernel: string; bytes: number; titles: string[] }[] = [];
for (const name of readdirSync(cachePath('templates')).filter((entry) => /^[0-9a-f]+$/.test(entry))) {
  const log = readFileSync(join(cachePath('templates'), name, 'console.log'), 'latin1');
  const kernel = /Linux version (\S+)/.exec(log)?.[1];
  if (kernel !== undefined)
    boots.push({ kernel, bytes: log.length, titles: readSplats(log).map(({ title }) => title) });
}
const dirty = boots.filter(({ titles }) => titles.length > 0);
for (const { kernel, titles } of dirty) console.log(`${kernel}: ${titles.join('; ')}`);
const kernels = new Set(boots.map(({ kernel }) => kernel));
const kib = Math.round(boots.reduce((sum, { bytes }) => sum + bytes, 0) / 1024);
console.log(`${boots.length} boots of ${kernels.size} kernels, ${kib} KiB: ${dirty.length} read as dirty`);
process.exitCode = boots.length === 0 ? 2 : dirty.length > 0 ? 1 : 0;
