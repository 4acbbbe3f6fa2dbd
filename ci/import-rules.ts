/**
 * Dependencies between folders point one way. Each folder of harness/ names the folders that it may import; cases import
 * the public entry point alone. Run by `npm run check`; prints each import that breaks a rule.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { glob } from 'zx';

const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  cache: ['errors'],
  kernels: ['cache', 'errors'],
  guest: ['cache', 'errors', 'kernels'],
  expect: ['errors', 'kernels'],
  scenario: ['cache', 'errors', 'expect', 'guest'],
  authors: ['cache', 'errors', 'expect', 'guest', 'scenario'],
  oracles: ['cache', 'errors', 'expect', 'guest'],
  run: ['authors', 'cache', 'errors', 'expect', 'guest', 'kernels', 'oracles', 'scenario'],
  prove: ['cache', 'errors', 'expect', 'guest', 'kernels', 'run'],
  series: ['errors', 'expect', 'kernels', 'run'],
  report: ['cache', 'errors', 'expect', 'prove', 'run', 'series'],
  cli: [
    'authors',
    'cache',
    'errors',
    'expect',
    'guest',
    'images',
    'kernels',
    'oracles',
    'prove',
    'report',
    'run',
    'scenario',
    'series',
  ],
};

function folderOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'harness' ? (parts.length > 2 ? (parts[1] ?? '') : 'root') : (parts[0] ?? '');
}

const broken: string[] = [];
for (const file of await glob(['harness/**/*.ts', 'cases/**/*.ts'])) {
  if (/\.test(-support)?\.ts$/.test(file)) continue;
  const from = folderOf(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)) {
    if (from === 'cases') {
      const inside =
        specifier.startsWith('.') && relative('cases', join(dirname(file), specifier)).startsWith('..') === false;
      if (specifier !== 'kconform' && !specifier.startsWith('node:') && !inside)
        broken.push(`${file}: a case imports ${specifier}; only 'kconform' and node's own modules are open to it`);
      continue;
    }
    if (!specifier.startsWith('.') || from === 'root') continue;
    const to = folderOf(join(dirname(file), specifier));
    if (to === from || to === 'root') continue;
    if (!(MAY_IMPORT[from] ?? []).includes(to))
      broken.push(`${file}: harness/${from} may not import ${to} (${specifier})`);
  }
}
for (const line of broken) console.error(line);
process.exitCode = broken.length > 0 ? 1 : 0;
