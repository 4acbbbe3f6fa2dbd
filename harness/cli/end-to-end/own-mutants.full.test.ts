/** Mutants of a repository of somebody's own cases: found, listed and checked, without building a kernel. */
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, REPOSITORY } from './command-line.test-support.ts';
import { type OwnMutants, repositoryWithMutants } from './own-mutants.test-support.ts';

let own: OwnMutants;
beforeAll(async () => {
  own = await repositoryWithMutants();
});
afterAll(() => own[Symbol.asyncDispose]());

const prove = (...words: string[]) => kconform(['prove', ...words], { cwd: own.folder });

test('the mutants of a repository are found in the folder mutants of its cases, and no others', async () => {
  const { stdout, exitCode } = await prove('--list');
  expect(stdout).toBe('mount/uid-dropped\n  reports/owner: owner');
  expect(exitCode).toBe(0);
  const other = await prove('revert');
  expect(other.stderr).toContain('there is no mutant "revert"');
  expect(other.stderr).toContain('the groups are mount;');
  expect(other.exitCode).toBe(2);
});

test('the types of a mutant are checked by tsc', async () => {
  await own.write('typo.ts', mutantsFile("mustfail: { 'reports/owner': ['owner'] }"));
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc');
  const { stdout } = await execa(tsc, ['--noEmit'], { cwd: own.folder, reject: false });
  expect(stdout).toMatch(/^cases\/mutants\/typo\.ts\(6,\d+\): error .*mustfail/);
  expect(stdout).not.toContain('owner.ts(');
  await own.remove('typo.ts');
});

const mutantsFile = (mustFail: string, edit = "'kernel/bpf/inode.c')('opts->gid = gid;', ''") => `\
import { editsOf, mutants } from 'kconform';
export default mutants([
  {
    id: 'mount/gid-dropped',
    edits: [editsOf(${edit})],
    ${mustFail},
  },
]);
`;
const VALID = "mustFail: { 'reports/owner': ['owner'] }";

test.each([
  ['a misspelt field', mutantsFile(`${VALID}, brakes: []`), ':4: mutant mount/gid-dropped: Unrecognized key: "brakes"'],
  [
    'a misspelt field of an edit',
    mutantsFile(VALID).replace(/edits: .*/, "edits: [{ file: 'a.c', find: 'b', replce: '' }],"),
    ':4: mutant mount/gid-dropped: edits[0]',
  ],
  [
    'an unknown case',
    mutantsFile("mustFail: { 'reports/onwer': ['owner'] }"),
    ':4: mutant mount/gid-dropped: there is no case reports/onwer',
  ],
  [
    'an unknown observation',
    mutantsFile("mustFail: { 'reports/owner': ['onwer'] }"),
    ':4: mutant mount/gid-dropped: reports/owner observes nothing at onwer',
  ],
  [
    'an unknown behaviour',
    mutantsFile(`${VALID}, breaks: ['mount/owner']`),
    ':4: mutant mount/gid-dropped: there is no behaviour mount/owner',
  ],
  [
    'the edits of another mutant',
    mutantsFile(VALID, "'kernel/bpf/inode.c')('opts->uid = uid;', ''"),
    ':4: mutant mount/gid-dropped: it has the same edits as mount/uid-dropped',
  ],
  ['no default export', 'export const mutants = [];\n', ' has no default export made by mutants([…])'],
  ['a list without mutants(…)', 'export default [];\n', ' has no default export made by mutants([…])'],
  [
    'a name that kconform does not export',
    mutantsFile(VALID).replaceAll('mutants', 'mutant'),
    ':1:19: ERROR: kconform exports no mutant',
  ],
  ['an exception', "throw new Error('no mutants today');\n", 'no mutants today (mutants/wrong.ts:1:7)'],
])('a file of mutants with %s gets one clear error with its place', async (_, text, message) => {
  await own.write('wrong.ts', text);
  const { all, exitCode } = await prove('--list');
  await own.remove('wrong.ts');
  expect(all).toContain(message);
  expect(all).toContain('mutants/wrong.ts');
  expect(all).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(2);
});

test('a folder of cases without mutants is refused with the folder where they would be', async () => {
  const empty = join(own.folder, 'other');
  await execa('cp', ['-r', join(own.folder, 'cases'), empty]);
  await execa('rm', ['-r', join(empty, 'mutants')]);
  const { stderr, exitCode } = await prove('--list', '--cases', empty);
  expect(stderr).toContain(`there are no mutants in ${empty}/mutants`);
  expect(exitCode).toBe(2);
});
