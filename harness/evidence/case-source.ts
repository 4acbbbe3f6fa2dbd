import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localHeaders } from '../scenario/forms/c.ts';
import { type KeptSource, PLAIN_SOURCE } from './kept-source.ts';

/** The forms of scenarios by the names of their files. */
const FORMS = { 'scenario.c': 'c', 'scenario.sh': 'shell', 'scenario.ts': 'typescript' } as const;

/** What the folder of a case runs; `other` where it has no scenario of its own. @throws as localHeaders */
export async function sourceOfCase(folder: string): Promise<KeptSource> {
  for (const [name, form] of Object.entries(FORMS)) {
    if (existsSync(join(folder, name))) return sourceOfFile(folder, name, form);
  }
  const about = 'a program of a test suite, or one that is not a scenario';
  return { ...PLAIN_SOURCE, form: 'other', about, files: new Map() };
}

/** One scenario, with the headers beside it. @throws as localHeaders */
export async function sourceOfFile(
  folder: string,
  name: string,
  form: 'c' | 'shell' | 'typescript',
): Promise<KeptSource> {
  const headers = form === 'c' ? await localHeaders(join(folder, name)) : [];
  const read = [name, ...headers].map(
    async (path): Promise<[string, Buffer]> => [path, await readFile(join(folder, path))],
  );
  const about = { c: 'a scenario in C', shell: 'a scenario in shell', typescript: 'a scenario in TypeScript' }[form];
  return { ...PLAIN_SOURCE, form, main: name, about, files: new Map(await Promise.all(read)) };
}
