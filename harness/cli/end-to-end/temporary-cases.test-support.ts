/** For tests of `kconform run`: a folder of cases that exist for one test file. */
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './command-line.test-support.ts';

/** The body of a scenario, whose `guest` it may use, and the outcome that is expected of it, both in TypeScript. */
export interface TemporaryCase {
  readonly scenario: string;
  readonly outcome: string;
  /** 2000 when not given; null for the default of kconform. */
  readonly limitMs?: number | null;
}

export const PASSES: TemporaryCase = {
  scenario: 'return { answer: (await guest.$`echo 42`).stdout };',
  outcome: "{ answer: '42' }",
};

/** A new folder with a case for each name; the caller removes it. */
export async function temporaryCases(cases: Readonly<Record<string, TemporaryCase>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-cases-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await mkdir(join(folder, 'node_modules'));
  await symlink(REPOSITORY, join(folder, 'node_modules/kconform'));
  for (const [name, { scenario, outcome, limitMs = 2000 }] of Object.entries(cases)) {
    await mkdir(join(folder, name));
    await writeFile(
      join(folder, name, 'scenario.ts'),
      `import { scenario } from 'kconform';\nexport default scenario(async ({ guest }) => { ${scenario} });\n`,
    );
    await writeFile(
      join(folder, name, 'expect.ts'),
      `import { expectation } from 'kconform';\nexport default expectation({ about: 'a test', commit: 'none', ${limitMs === null ? '' : `limitMs: ${limitMs}, `}outcome: ${outcome} });\n`,
    );
  }
  return folder;
}
