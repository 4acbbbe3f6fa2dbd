import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWithList, printList, readList } from './list.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-list-'));
});
afterAll(() => rm(folder, { recursive: true }));

const LIST = { source: '6.12.118', kernels: ['6.12.118'], tests: { 'b/two': ['x', 'y'], 'a/one': [] } };

describe('a list of tests', () => {
  it('is read as it was printed, sorted', async () => {
    const file = join(folder, 'tests.json');
    await writeFile(file, printList(LIST));
    expect(await readList(file)).toEqual(LIST);
    expect(Object.keys((await readList(file))?.tests ?? {})).toEqual(['a/one', 'b/two']);
  });

  it('is undefined where there is none', async () => {
    expect(await readList(join(folder, 'none.json'))).toBeUndefined();
  });

  it('is refused where it is damaged', async () => {
    const file = join(folder, 'cut.json');
    await writeFile(file, printList(LIST).slice(0, 40));
    await expect(readList(file)).rejects.toMatchObject({ code: 'KC_SUITE', blame: 'case' });
  });
});

describe('compareWithList', () => {
  it('calls a test new that is not in it', () => {
    expect(compareWithList(LIST, 'c/three', [])).toEqual({ isNew: true, added: [], missing: [] });
  });

  it('names subtests that were added or are missing', () => {
    expect(compareWithList(LIST, 'b/two', ['y', 'z'])).toEqual({ isNew: false, added: ['z'], missing: ['x'] });
  });

  it('says nothing without a list', () => {
    expect(compareWithList(undefined, 'b/two', ['z'])).toEqual({ isNew: false, added: [], missing: [] });
  });
});
