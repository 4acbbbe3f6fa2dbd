/** Finds imports that are not allowed. Part of `npm run check`. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { glob } from 'zx';
import { ALLOWED } from './allowed-imports.ts';

/** Parts whose files users write as well: they may import no packages but node's own. */
const OF_USERS: readonly string[] = ['cases', 'images'];

/**
 * The imports that break the rules, and the allowed imports that no file needs.
 * @param files text by path
 * @param allowed see ALLOWED
 * @returns a line each
 */
export function importFaults(files: ReadonlyMap<string, string>, allowed = ALLOWED): string[] {
  const faults: string[] = [];
  const unused = new Set(Object.entries(allowed).flatMap(([part, entries]) => entries.map((to) => `${part} ${to}`)));
  for (const [file, text] of files) {
    const part = partOf(file);
    const entries = allowed[part];
    if (entries === undefined) {
      faults.push(`${file}: ci/check/allowed-imports.ts does not say what ${part} may import`);
      continue;
    }
    for (const to of importsOf(file, text)) {
      const isFree = partOf(to) === part || (to.startsWith('package ') && !OF_USERS.includes(part));
      if (isFree) continue;
      const entry = entries.find((one) => to === one || to.startsWith(`${one}/`));
      if (entry === undefined) faults.push(`${file}: ${part} may not import ${to}`);
      else unused.delete(`${part} ${entry}`);
    }
  }
  for (const entry of unused) {
    const [part, to] = entry.split(' ');
    faults.push(`ci/check/allowed-imports.ts: ${part} may import ${to}, but does not: remove the entry`);
  }
  return faults;
}

/** `harness/run`, `harness/index.ts`, `cases`; a package is a part of its own. */
function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'harness' ? `${top}/${second}` : top;
}

/** Paths from the root of the repository, `kconform`, and `package NAME` for those of others; node's own are left out. */
function importsOf(file: string, text: string): string[] {
  const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return names.flatMap((name) => {
    if (name.startsWith('.')) return [join(dirname(file), name)];
    if (isBuiltin(name)) return [];
    return [name === 'kconform' ? name : `package ${name}`];
  });
}

/** Test code may use everything, except in cases/ and images/. */
function isChecked(file: string): boolean {
  return /^(cases|images)\//.test(file) || !/\.test(-support)?\.ts$/.test(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cwd = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
  const paths = await glob(['{harness,cases,images,ci}/**/*.{ts,mjs}'], { cwd });
  const texts = paths.filter(isChecked).map((path) => [path, readFileSync(join(cwd, path), 'utf8')] as const);
  const faults = importFaults(new Map(texts));
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
