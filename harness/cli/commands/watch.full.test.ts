import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';
import { temporaryCases } from '../end-to-end/temporary-cases.test-support.ts';

let cases: string;
beforeAll(async () => {
  const older = {
    scenario: "return { older: (await guest.$`uname -r`).stdout.startsWith('6.12.57') };",
    outcome: '{ older: true }',
  };
  cases = await temporaryCases({ older });
});
afterAll(() => rm(cases, { recursive: true, force: true }));

test('the newest is judged once, and a version that is new against the last one', async () => {
  const out = join(cases, 'watched');
  const watch = (env = {}) => kconform(['watch', '--series', '6.12', '--out', out, '--cases', cases], { env });
  const first = await watch();
  expect(first.all).toContain('1 FAIL');
  expect(first.exitCode).toBe(1);

  const second = await watch();
  expect(second.stdout).toMatch(/^nothing new: 6\.12\.\S+ was judged last$/);
  expect(second.exitCode).toBe(0);

  // As if 6.12.57 had been judged last, and the newest were published since.
  await kconform(['run', '--kernel', '6.12.57', '--cases', cases, '--out', join(out, 'before')]);
  const file = join(out, 'state.json');
  const state = JSON.parse(await readFile(file, 'utf8'));
  const newest = state.last.version;
  state.known = state.known.filter((name: string) => !name.includes(newest));
  await writeFile(file, JSON.stringify({ ...state, last: { version: '6.12.57', folder: 'before' } }));
  await rm(join(out, state.last.folder), { recursive: true });
  const third = await watch({ GITHUB_ACTIONS: 'true' });
  expect(third.stdout).toContain(`6.12.57 → ${newest}\nregression  older on 6.12.57 → 6.12.`);
  expect(third.stdout).toContain('then FAIL in a clone, FAIL in a cold guest');
  expect(third.exitCode).toBe(1);
  // All that guests may have said comes before the token's second mention.
  const [, token] = /^::stop-commands::(\S+)\n/.exec(third.stdout) ?? [];
  expect(third.stdout.split(`::${token}::\n`)[1]).toMatch(/^::error title=regression older on 6\.12\..*\n::notice .*$/);
  expect((await watch()).stdout).toContain(`nothing new: ${newest}`);

  const other = await kconform(['watch', '--series', '6.1', '--out', out, '--cases', cases]);
  expect(other.all).toContain('it is of the series 6.12');
  expect(other.exitCode).toBe(2);
}, 600_000);

test('what an earlier version of kconform had judged before it was interrupted is not judged again', async () => {
  const out = join(cases, 'of-schema-1');
  const watch = () => kconform(['watch', '--series', '6.12', '--out', out, '--cases', cases]);
  await watch();
  const { last } = JSON.parse(await readFile(join(out, 'state.json'), 'utf8'));
  const [before, after] = [join(out, last.folder), join(out, last.version)];
  await rm(join(out, 'state.json'));
  await rename(before, after);
  await rename(join(after, last.folder), join(after, last.version)); // the logs
  const file = join(after, 'results.json');
  const text = (await readFile(file, 'utf8'))
    .replace('"schema": 2', '"schema": 1')
    .replaceAll(/"id": "[^"]*",\s+"spec"/g, '"spec"');
  await writeFile(file, text);

  const again = await watch();
  expect(again.all).not.toMatch(/guests of .* are ready/);
  expect(again.all).toContain('1 FAIL');
  expect(again.exitCode).toBe(1);
  expect((await readStoredRun(before)).cases.map(({ result }) => result.case).sort()).toEqual(['(boot)', 'older']);
  expect((await watch()).stdout).toMatch(/^nothing new/);
}, 300_000);
