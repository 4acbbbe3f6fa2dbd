/** The example in docs/authoring.md passes as it is written there. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, REPOSITORY } from './command-line.test-support.ts';
import { temporaryCases } from './temporary-cases.test-support.ts';

let cases: string;
beforeAll(async () => {
  cases = await temporaryCases({});
});
afterAll(() => rm(cases, { recursive: true, force: true }));

test('the example of a scenario and its expectation', { timeout: 60_000 }, async () => {
  const page = await readFile(join(REPOSITORY, 'docs/authoring.md'), 'utf8');
  await mkdir(join(cases, 'bpffs/example'), { recursive: true });
  for (const file of ['scenario.ts', 'expect.ts']) {
    const [, text = ''] = new RegExp(`^ {4}// cases/bpffs/example/${file}\n((?: {4}.*\n|\n)+)`, 'm').exec(page) ?? [];
    expect(text).toContain('export default');
    await writeFile(join(cases, 'bpffs/example', file), text.replaceAll(/^ {4}/gm, ''));
  }
  const { exitCode, all } = await kconform(['run', 'bpffs/example', '--cases', cases]);
  expect(all).toMatch(/^PASS +bpffs\/example/m);
  expect(exitCode).toBe(0);
});
