/** What README.md and the pages in docs/ ask people to write and to type. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { glob } from 'zx';
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
  const failed = await run();
  expect(failed).toMatchObject({ exitCode: 1, all: expect.stringMatching(/root\.uid +65533 +65534/) });
  // The lines of the failure that README.md shows; the kernel is the newest of the day.
  const [, shown = ''] = /^ {4}FAIL bpffs\/my-first on \S+\n((?: {6}.*\n)+)/m.exec(README) ?? [];
  expect(shown).not.toBe('');
  for (const line of shown.trimEnd().split('\n')) expect(failed.all).toContain(line.slice(4));
});

test('every command and option in README.md, CONTRIBUTING.md and docs/ is there', async () => {
  const used = new Map<string, Set<string>>();
  for (const page of await glob(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], {
    cwd: REPOSITORY,
    absolute: true,
  })) {
    for (const [, name = '', words = ''] of (await readFile(page, 'utf8')).matchAll(
      /npx kconform ([a-z]+)([^`\n]*)/g,
    )) {
      const options = used.get(name) ?? new Set<string>();
      for (const [option] of words.split(/ {2,}# /)[0]?.matchAll(/--[a-z-]+/g) ?? []) options.add(option);
      used.set(name, options);
    }
  }
  expect([...used.keys()]).toEqual(expect.arrayContaining(['run', 'merge', 'timeline', 'doctor']));
  for (const [name, options] of used) {
    const { exitCode, stdout } = await kconform([name, '--help']);
    expect(stdout, name).toMatch(new RegExp(`^Usage: kconform ${name}\\b`));
    for (const option of options) expect(stdout, `${name} ${option}`).toContain(option);
    expect(exitCode).toBe(0);
  }
});
