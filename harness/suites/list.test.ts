import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withList } from './judge-by-list.ts';
import { compareWithList, printList, readList, type TestList } from './list.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-list-'));
});
afterAll(() => rm(folder, { recursive: true }));

const LIST: TestList = {
  source: '6.12.118',
  kernels: ['6.12.118'],
  tests: {
    'b/two': { subtests: ['x', 'y'], skipped: ['y'], mayBeSkipped: false },
    'a/one': { subtests: [], skipped: [], mayBeSkipped: true },
    'c/old': { subtests: ['z'], mayBeSkipped: false },
  },
};

describe('a list of tests', () => {
  it('is read as it was printed, sorted', async () => {
    const file = join(folder, 'tests.json');
    await writeFile(file, printList(LIST));
    expect(await readList(file)).toEqual(LIST);
    expect(Object.keys((await readList(file))?.tests ?? {})).toEqual(['a/one', 'b/two', 'c/old']);
  });

  it('has a form that a person can review, and keeps the one that knows nothing of skips', () => {
    expect(JSON.parse(printList(LIST)).tests).toEqual({
      'a/one': { subtests: [], mayBeSkipped: true },
      'b/two': { subtests: ['x', 'y'], skipped: ['y'] },
      'c/old': ['z'],
    });
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
    expect(compareWithList(LIST, 'd/three', [])).toEqual({ isNew: true, added: [], missing: [], silentOn: 0 });
  });

  it('names subtests that were added or are missing', () => {
    const difference = { isNew: false, added: ['z'], missing: ['x'], silentOn: 0 };
    expect(compareWithList(LIST, 'b/two', ['y', 'z'])).toEqual(difference);
  });

  it('counts the subtests of the list where none of them was shown', () => {
    expect(compareWithList(LIST, 'b/two', [])).toMatchObject({ missing: ['x', 'y'], silentOn: 2 });
    expect(compareWithList(LIST, 'b/two', ['z'])).toMatchObject({ added: ['z'], silentOn: 2 });
    expect(compareWithList(LIST, 'a/one', [])).toMatchObject({ missing: [], silentOn: 0 });
  });

  it('takes names for the same that differ only in numbers', () => {
    const list = {
      kernels: [],
      tests: { t: { subtests: ['reads /proc/159/exe', 'fd 3', 'fd 4'], mayBeSkipped: false } },
    };
    const same = { isNew: false, added: [], missing: [], silentOn: 0 };
    expect(compareWithList(list, 't', ['reads /proc/160/exe', 'fd 4', 'fd 7'])).toEqual(same);
    expect(compareWithList(list, 't', ['reads /proc/160/exe', 'fd 4'])).toEqual({ ...same, missing: ['fd 3'] });
    const shown = ['reads /proc/159/exe', 'fd 3', 'fd 4', 'fd 5'];
    expect(compareWithList(list, 't', shown)).toEqual({ ...same, added: ['fd 5'] });
    const one = { kernels: [], tests: { t: { subtests: ['fd 3'], mayBeSkipped: false } } };
    expect(compareWithList(one, 't', ['fd 12'])).toEqual(same);
    expect(compareWithList(one, 't', ['pid 3'])).toMatchObject({ silentOn: 1 });
  });

  it('says nothing without a list', () => {
    const difference = { isNew: false, added: [], missing: [], silentOn: 0 };
    expect(compareWithList(undefined, 'b/two', ['z'])).toEqual(difference);
  });
});

describe('withList', () => {
  const observed = (status: string, subtests: readonly string[], problems: readonly string[] = []) =>
    withList(
      { exitCode: 0, status, problems, subtests: Object.fromEntries(subtests.map((name) => [name, 'pass'])) },
      compareWithList(LIST, 'b/two', subtests),
    );

  it.each([[[]], [['z']]])('fails a program that passes and shows none of the subtests of the list: %j', (subtests) => {
    const problem = 'it showed none of the 2 subtests of the list';
    expect(observed('pass', subtests)).toMatchObject({ status: 'fail', reason: problem, problems: [problem] });
  });

  it('leaves a program that shows some of them', () => {
    expect(observed('pass', ['y'])).toMatchObject({ status: 'pass', problems: [] });
  });

  it.each(['skip', 'fail', 'broken'])('leaves a program that does not pass: %s', (status) => {
    expect(observed(status, [], ['it ended early'])).toMatchObject({ status, problems: ['it ended early'] });
    expect(observed(status, [])).not.toHaveProperty('reason');
  });

  it('leaves a test without subtests, a new one, and a suite without a list', () => {
    const passed = { exitCode: 0, status: 'pass', problems: [], subtests: {} };
    expect(withList(passed, compareWithList(LIST, 'a/one', []))).toBe(passed);
    expect(withList(passed, compareWithList(LIST, 'd/three', []))).toBe(passed);
    expect(withList(passed, compareWithList(undefined, 'b/two', []))).toBe(passed);
  });
});
