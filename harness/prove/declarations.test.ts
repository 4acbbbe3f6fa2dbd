import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cachePath } from '../cache/folder.ts';
import { loadBehaviours } from '../run/discovery/behaviours.ts';
import { type Case, findCases } from '../run/discovery/cases.ts';
import { declarationFaults } from './declarations.ts';
import { covers, type DeclaredMutant } from './mutant.ts';
import { loadMutants, type Mutants } from './mutant-files.ts';
import { editFault } from './source-text.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = join(ROOT, 'cases');
/** A 6.12 source: KCONFORM_KERNEL_SOURCE, or what a build has unpacked in the cache. */
const tree = process.env.KCONFORM_KERNEL_SOURCE ?? (await unpacked());

async function unpacked(): Promise<string | undefined> {
  const names = await readdir(cachePath('sources')).catch((): string[] => []);
  const trees = names.filter((name) => name.startsWith('6.12.')).map((name) => cachePath('sources', name, 'tree'));
  return trees.find((folder) => existsSync(join(folder, 'kernel/bpf/token.c')));
}

describe('the declared mutants', () => {
  let cases: readonly Case[] = [];
  let mutants: Mutants;
  beforeAll(async () => {
    cases = await findCases(CASES, []);
    mutants = await loadMutants(CASES);
  });

  it('are 60 and more, and name cases, observations and behaviours that exist', async () => {
    expect(mutants.declared.length).toBeGreaterThanOrEqual(60);
    expect(declarationFaults(mutants.declared, cases, await loadBehaviours(CASES))).toEqual([]);
  });

  it('undo each commit of the subject that has an effect', () => {
    expect(mutants.declared.flatMap(({ undoes }) => undoes ?? []).sort()).toEqual([
      '1f97c03f43fa',
      '35f96de04127',
      '53649846e043',
      '6c1752e0b6ca',
      '6fe01d3cbb92',
      'a177fc2bf6fd',
      'b08c8fc0411d',
      'caf8f28e036c',
      'ee04cff9ed4d',
    ]);
  });

  it.skipIf(tree === undefined)('name text that is in the source exactly once', async () => {
    const faults = await Promise.all(
      mutants.declared.map(async ({ id, edits }) => [id, await editFault(edits, tree ?? '')]),
    );
    expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
  });

  it('are found where they are declared, those that undo a commit first', () => {
    expect(mutants.places.get('revert/option-string')).toMatch(/^images\/kernels\/mutants\/reverts\.ts:\d+$/);
    expect(mutants.declared.findLastIndex(({ undoes }) => undoes !== undefined)).toBe(8);
  });

  const wrong = (changes: Partial<DeclaredMutant>): DeclaredMutant => ({
    kind: 'declared',
    id: 'x/y',
    breaks: ['mount/owner'],
    edits: [{ file: 'a.c', find: 'a', replace: 'b' }],
    mustFail: { 'bpffs/mount-owner': ['accepted.uid=1000.owner'] },
    ...changes,
  });

  it.each([
    ['an unknown case', { mustFail: { 'bpffs/none': ['a'] } }, 'there is no case bpffs/none'],
    [
      'an unknown observation',
      { mustFail: { 'bpffs/mount-owner': ['accepted.uid=1'] } },
      'bpffs/mount-owner observes nothing at accepted.uid=1',
    ],
    ['an unknown behaviour', { breaks: ['mount/none'] }, 'there is no behaviour mount/none'],
    ['nothing that must fail', { mustFail: { 'bpffs/mount-owner': [] } }, 'mustFail names no observation'],
    ['no edit', { edits: [] }, 'it has no edits'],
  ])('are refused with %s', async (_, changes, what) => {
    const behaviours = await loadBehaviours(CASES);
    expect(declarationFaults([wrong(changes)], cases, behaviours)).toEqual([{ id: 'x/y', what }]);
  });

  it('are refused when an id, or edits, are there twice', async () => {
    const behaviours = await loadBehaviours(CASES);
    expect(declarationFaults([wrong({}), wrong({ id: 'x/z' })], cases, behaviours)).toEqual([
      { id: 'x/z', what: 'it has the same edits as x/y' },
    ]);
    expect(declarationFaults([wrong({}), wrong({})], cases, behaviours)).toEqual([
      { id: 'x/y', what: 'another mutant has the same id' },
    ]);
  });
});

describe('an edit that cannot be made', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kconform-edit-'));
    await mkdir(join(folder, 'tree'));
    await writeFile(join(folder, 'tree/a.c'), 'one\ntwo\ntwo\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const fault = (file: string, find: string) => editFault([{ file, find, replace: '' }], join(folder, 'tree'));

  it('is reported with the file, and the lines of text that is not unique', async () => {
    expect(await fault('a.c', 'one')).toBeUndefined();
    expect(await fault('a.c', 'two')).toMatch(/^a\.c: .*is there 2 times \(lines 2, 3\)/);
    expect(await fault('a.c', 'three')).toMatch(/^a\.c: .*is not there/);
    expect(await fault('b.c', 'one')).toBe('there is no file b.c in this source');
  });

  it('is compared with the original of a file that a build has edited', async () => {
    await mkdir(join(folder, 'tree.originals'));
    await writeFile(join(folder, 'tree.originals/a.c'), 'three\n');
    expect(await fault('a.c', 'three')).toBeUndefined();
    expect(await fault('a.c', 'one')).toMatch(/is not there/);
  });
});

it('a declared path covers the paths below it, and no name that only begins like it', () => {
  expect(covers('a', 'a.b')).toBe(true);
  expect(covers('a', 'a[0]')).toBe(true);
  expect(covers('a.b', 'a.b')).toBe(true);
  expect(covers('a', 'ab')).toBe(false);
  expect(covers('a.b', 'a')).toBe(false);
});
