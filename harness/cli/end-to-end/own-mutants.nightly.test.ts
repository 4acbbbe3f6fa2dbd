/** Mutants of a repository of somebody's own cases, built and run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { repositoryWithMutants } from './own-mutants.test-support.ts';

/** Of a kernel that is built from nothing, and of the mutant after it. */
const LIMIT_MS = 3_600_000;

test('a mutant of its own is killed by its case; one whose edit does not match does not apply', {
  timeout: LIMIT_MS,
}, async () => {
  await using own = await repositoryWithMutants();
  await own.write(
    'missing.ts',
    `import { editsOf, mutants } from 'kconform';
export default mutants([
  {
    id: 'mount/nothing',
    edits: [editsOf('kernel/bpf/inode.c')('text that is nowhere', '')],
    mustFail: { 'reports/owner': ['owner'] },
  },
]);
`,
  );
  const words = ['prove', '--profile', 'debug', '--out', 'out'];
  const { all, exitCode } = await kconform(words, { cwd: own.folder, limitMs: LIMIT_MS });
  expect(all).toMatch(/killed +mount\/uid-dropped/);
  expect(all).toContain('reports/owner: owner: expected 1000, observed 0');
  expect(all).toMatch(/does not apply +mount\/nothing/);
  expect(all).toContain('cases/mutants/missing.ts:4: kernel/bpf/inode.c: the text to find is not there');
  expect(exitCode).toBe(2);
  const proof = JSON.parse(await readFile(join(own.folder, 'out/proof.json'), 'utf8'));
  expect(proof.totals).toEqual({ 'does not apply': 1, killed: 1 });
  const again = await kconform(['prove', 'mount/uid-dropped'], { cwd: own.folder, limitMs: LIMIT_MS });
  expect(again.all).toMatch(/killed +mount\/uid-dropped, kept/);
  expect(again.exitCode).toBe(0);
});
