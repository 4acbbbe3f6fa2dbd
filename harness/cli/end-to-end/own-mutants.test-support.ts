/** A repository with a case and a mutant of its own, as docs/authoring.md shows them. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY } from './command-line.test-support.ts';

export interface OwnMutants extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file of mutants. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export async function repositoryWithMutants(): Promise<OwnMutants> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-mutants-'));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const readme = await readFile(join(REPOSITORY, 'docs/authoring.md'), 'utf8');
  const shown = (name: string) => {
    const block = new RegExp(`^ {4}(?://|#) ${name}\\n((?: {4}.*\\n|\\n)+?)(?=\\n(?: {4}npx |\\S))`, 'm').exec(
      readme,
    )?.[1];
    if (block === undefined) throw new Error(`docs/authoring.md shows no ${name}`);
    return `${block.replaceAll(/^ {4}/gm, '').trim()}\n`;
  };
  await write('package.json', '{ "type": "module" }\n');
  await write('tsconfig.json', '{ "extends": "kconform/tsconfig.json", "include": ["cases"] }\n');
  await write('kconform.config.ts', "export default { cases: './cases' };\n");
  await write('cases/reports/owner/scenario.sh', shown('report.sh'));
  await write('cases/reports/owner/expect.ts', shown('cases/reports/owner/expect.ts'));
  await write('cases/mutants/owner.ts', shown('cases/mutants/owner.ts'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(REPOSITORY, join(folder, 'node_modules/kconform'));
  return {
    folder,
    write: (name, text) => write(`cases/mutants/${name}`, text),
    remove: (name) => rm(join(folder, 'cases/mutants', name), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
