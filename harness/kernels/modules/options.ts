import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Written by images/kernels/module-options.ts from sources of the kernel. */
const TABLE = fileURLToPath(new URL('../../../images/kernels/module-options.txt', import.meta.url));

let known: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

/** Each module of the kernel's own source, by its name with underscores → the options that bring it, without CONFIG_. */
export function moduleOptions(): Promise<ReadonlyMap<string, readonly string[]>> {
  known ??= readFile(TABLE, 'utf8').then(parseTable);
  return known;
}

function parseTable(text: string): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, string[]>();
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [option = '', ...names] = line.split(' ');
    for (const name of names.length > 0 ? names : [option.toLowerCase()]) {
      options.set(name, [...(options.get(name) ?? []), option]);
    }
  }
  return options;
}
