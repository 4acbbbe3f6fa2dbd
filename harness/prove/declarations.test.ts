import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenKernels } from '../../images/kernels/broken/all.ts';
import { cachePath } from '../cache/folder.ts';
import { loadBehaviours } from '../run/discovery/behaviours.ts';
import { type Case, findCases } from '../run/discovery/cases.ts';
import { type BrokenKernel, covers } from './broken-kernel.ts';
import { applyFault, declarationFaults, declaredAt } from './declarations.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = join(ROOT, 'cases');
/** A 6.12 source: KCONFORM_KERNEL_SOURCE, or what a build has unpacked in the cache. */
const tree = process.env.KCONFORM_KERNEL_SOURCE ?? (await unpacked());

async function unpacked(): Promise<string | undefined> {
  const names = await readdir(cachePath('sources')).catch((): string[] => []);
  const trees = names.filter((name) => name.startsWith('6.12.')).map((name) => cachePath('sources', name, 'tree'));
  return trees.find((folder) => existsSync(join(folder, 'kernel/bpf/token.c')));
}

describe('the declared broken kernels', () => {
  let cases: readonly Case[] = [];
  beforeAll(async () => {
    cases = await findCases(CASES, []);
  });

  it('are 60 and more, and name cases, observations and behaviours that exist', async () => {
    expect(brokenKernels.length).toBeGreaterThanOrEqual(60);
    expect(declarationFaults(brokenKernels, cases, await loadBehaviours(CASES))).toEqual([]);
  });

  it('undo each commit of the subject that has an effect', () => {
    expect(brokenKernels.flatMap(({ undoes }) => undoes ?? []).sort()).toEqual([
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

  it.skipIf(tree === undefined)('name text that stands in the source just once', async () => {
    const faults = await Promise.all(brokenKernels.map(async (one) => [one.id, await applyFault(one, tree ?? '')]));
    expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
  });

  it('are found where they are declared', async () => {
    expect(await declaredAt('revert/option-string', ROOT)).toMatch(/^images\/kernels\/broken\/reverts\.ts:\d+$/);
  });

  const wrong = (changes: Partial<BrokenKernel>): BrokenKernel => ({
    id: 'x/y',
    breaks: ['mount/owner'],
    edits: [{ file: 'a.c', find: 'a', replace: 'b' }],
    mustFail: { 'bpffs/mount-owner': ['accepted.uid=1000.owner'] },
    ...changes,
  });

  it.each([
    ['a case that is none', { mustFail: { 'bpffs/none': ['a'] } }, 'x/y: there is no case bpffs/none'],
    [
      'an observation that is none',
      { mustFail: { 'bpffs/mount-owner': ['accepted.uid=1'] } },
      'x/y: bpffs/mount-owner observes nothing at accepted.uid=1',
    ],
    ['a behaviour that is none', { breaks: ['mount/none'] }, 'x/y: there is no behaviour mount/none'],
    ['nothing that must fail', { mustFail: { 'bpffs/mount-owner': [] } }, 'x/y: no observation must fail on it'],
    ['no edit', { edits: [] }, 'x/y: it has no edits'],
  ])('are refused with %s', async (_, changes, fault) => {
    expect(declarationFaults([wrong(changes)], cases, await loadBehaviours(CASES))).toEqual([fault]);
  });

  it('are refused when an id, or edits, are there twice', async () => {
    const behaviours = await loadBehaviours(CASES);
    expect(declarationFaults([wrong({}), wrong({ id: 'x/z' })], cases, behaviours)).toEqual([
      'x/z: it has the same edits as x/y',
    ]);
    expect(declarationFaults([wrong({}), wrong({})], cases, behaviours)).toEqual(['x/y is declared twice']);
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

  const fault = (file: string, find: string) =>
    applyFault({ id: 'x/y', breaks: [], edits: [{ file, find, replace: '' }], mustFail: {} }, join(folder, 'tree'));

  it('is told with the file, and the lines of text that is not unique', async () => {
    expect(await fault('a.c', 'one')).toBeUndefined();
    expect(await fault('a.c', 'two')).toMatch(/^a\.c: .*stands there 2 times \(lines 2, 3\)/);
    expect(await fault('a.c', 'three')).toMatch(/^a\.c: .*does not stand there/);
    expect(await fault('b.c', 'one')).toMatch(/b\.c/);
  });

  it('is held against the original of a file that a build has edited', async () => {
    await mkdir(join(folder, 'tree.originals'));
    await writeFile(join(folder, 'tree.originals/a.c'), 'three\n');
    expect(await fault('a.c', 'three')).toBeUndefined();
    expect(await fault('a.c', 'one')).toMatch(/does not stand there/);
  });
});

it('a declared path covers what lies below it, and no name that only begins like it', () => {
  expect(covers('a', 'a.b')).toBe(true);
  expect(covers('a', 'a[0]')).toBe(true);
  expect(covers('a.b', 'a.b')).toBe(true);
  expect(covers('a', 'ab')).toBe(false);
  expect(covers('a.b', 'a')).toBe(false);
});
