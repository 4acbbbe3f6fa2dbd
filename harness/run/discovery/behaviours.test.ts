import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectation } from '../../expect/expectation.ts';
import { checkBehaviours, loadBehaviours } from './behaviours.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-behaviours-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function inventory(...entries: object[]): Promise<string> {
  await mkdir(join(folder, 'behaviours'));
  await writeFile(join(folder, 'behaviours', 'inventory.ts'), `export default ${JSON.stringify(entries)};\n`);
  return folder;
}

const owner = { id: 'mount/owner', statement: 's', commits: ['b08c8fc0411d'], where: 'kernel/bpf/inode.c' };

test('the behaviours of a folder of cases are those of its inventory; without one there are none', async () => {
  expect(await loadBehaviours(folder)).toEqual([]);
  expect(await loadBehaviours(await inventory(owner))).toEqual([owner]);
});

test.each([
  ['an id that is there twice', [owner, owner], 'mount/owner is there twice'],
  ['an id without a group', [{ ...owner, id: 'owner' }], 'id'],
  ['a commit that is none', [{ ...owner, commits: ['HEAD'] }], 'commits'],
  ['no statement', [{ ...owner, statement: '' }], 'statement'],
])('%s breaks the inventory', async (_, entries, message) => {
  const loading = loadBehaviours(await inventory(...entries));
  await expect(loading).rejects.toMatchObject({ code: 'KC_INVENTORY_BROKEN', blame: 'case' });
  await expect(loading).rejects.toThrow(message);
});

test('an expectation names behaviours that there are', () => {
  const naming = (id: string) =>
    expectation({ about: 'a', commit: 'b', outcome: { a: 1 }, behaviours: { [id]: 'all' } });
  expect(() => checkBehaviours(naming('mount/owner'), [owner])).not.toThrow();
  expect(() => checkBehaviours(naming('mount/onwer'), [owner])).toThrow('mount/onwer');
  expect(() => checkBehaviours(naming('mount/owner'), [])).toThrow('mount/owner');
});
