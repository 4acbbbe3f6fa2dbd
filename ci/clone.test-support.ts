/** For tests of workflows: a folder that looks like a clone of kconform, with other cases. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../harness/cli/end-to-end/command-line.test-support.ts';
import { temporaryCases } from '../harness/cli/end-to-end/temporary-cases.test-support.ts';

const CONFIGURATION = `import { configuration } from 'kconform';
export default configuration({ cases: '.' });
`;

/** The caller removes it. */
export async function temporaryClone(cases: Parameters<typeof temporaryCases>[0]): Promise<string> {
  const clone = await temporaryCases(cases);
  await writeFile(join(clone, 'kconform.config.ts'), CONFIGURATION);
  await symlink(join(REPOSITORY, 'ci'), join(clone, 'ci'));
  await mkdir(join(clone, 'node_modules/.bin'));
  await symlink(join(REPOSITORY, 'harness/cli/kconform.mjs'), join(clone, 'node_modules/.bin/kconform'));
  return clone;
}
