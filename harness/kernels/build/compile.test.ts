import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile, estimate } from './compile.ts';

let tree: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'kc-compile-'));
  const step = (name: string, need: string, also = '') =>
    `${name}: ${need}\n${also}\t@echo "  CC      ${name}"\n\t@touch ${name}\n`;
  const fails = '\t@test -e wanted || { echo "c.c:1: error: wanted"; false; }\n';
  await writeFile(join(tree, 'Makefile'), [step('c.o', 'b.o', fails), step('b.o', 'a.o'), step('a.o', '')].join('\n'));
});

afterAll(() => rm(tree, { recursive: true, force: true }));

test('steps of a build that did not come to its end are not foreseen again', async () => {
  const memo = async () => JSON.parse(await readFile(join(tree, 'last-build.json'), 'utf8'));
  const build = () => compile({ tree, output: tree }, ['c.o'], 'test');
  await expect(build()).rejects.toMatchObject({ code: 'KC_BUILD', message: expect.stringContaining('wanted') });
  expect(await memo()).toEqual({ steps: 2000, begun: 2 });
  await writeFile(join(tree, 'wanted'), '');
  await build();
  expect(await memo()).toEqual({ steps: 2000, begun: 0 });
});

test.each([
  [10, 1_000, 2_000, '10 of about 2000 steps'],
  [500, 100_000, 2_000, '500 of about 2000 steps, about 5 min left'],
  [1_900, 190_000, 2_000, '1900 of about 2000 steps, about 10 s left'],
  [2_000, 200_000, 2_000, '2000 steps'],
])('%i steps in %i ms, of %i', (steps, ms, expected, text) => {
  expect(estimate(steps, ms, expected)).toBe(text);
});
