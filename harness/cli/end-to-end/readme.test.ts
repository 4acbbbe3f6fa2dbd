/** What README.md tells people to write and to type. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, REPOSITORY } from './command-line.test-support.ts';
import { temporaryCases } from './temporary-cases.test-support.ts';

const README = await readFile(join(REPOSITORY, 'README.md'), 'utf8');

let cases: string;
beforeAll(async () => {
  cases = await temporaryCases({});
});
afterAll(() => rm(cases, { recursive: true, force: true }));

/** The indented lines below the comment that names the file. */
function listing(name: string): string {
  const [, text = ''] = new RegExp(`^    // ${name}\n((?:(?:    .*)?\n)+)`, 'm').exec(README) ?? [];
  const [own = ''] = text.split(/^ {4}(?:\/\/|npx) /m);
  return own.replaceAll(/^ {4}/gm, '');
}

test('the first case passes as it is written there, and fails with a changed value', async () => {
  for (const file of ['scenario.ts', 'expect.ts']) {
    const text = listing(`cases/bpffs/my-first/${file}`);
    expect(text).toContain('export default');
    await mkdir(dirname(join(cases, 'bpffs/my-first', file)), { recursive: true });
    await writeFile(join(cases, 'bpffs/my-first', file), text);
  }
  const run = () => kconform(['run', 'bpffs/my-first', '--cases', cases]);
  expect(await run()).toMatchObject({ exitCode: 0, all: expect.stringMatching(/^PASS +bpffs\/my-first/m) });
  const path = join(cases, 'bpffs/my-first/expect.ts');
  await writeFile(path, (await readFile(path, 'utf8')).replace('uid: 65534', 'uid: 65533'));
  expect(await run()).toMatchObject({ exitCode: 1, all: expect.stringMatching(/root\.uid +65533 +65534/) });
});

test('every command that it shows is there', async () => {
  const named = [...README.matchAll(/npx kconform ([a-z]+)/g)].map(([, name = '']) => name);
  expect(named).toContain('run');
  for (const name of new Set(named)) {
    const { exitCode, stdout } = await kconform([name, '--help']);
    expect(stdout, name).toMatch(new RegExp(`^Usage: kconform ${name}\\b`));
    expect(exitCode).toBe(0);
  }
});
