import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultOn, storedRun } from '../../evidence/evidence.test-support.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';

const NAME = "gone/case's $(touch pwned)";
const FROM = ['--from', 'A. Tester <tester@example.org>'];

let cwd: string;
let out: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'kc-mail-'));
  out = await storedRun([
    resultOn('6.12.43', NAME),
    resultOn('6.12.57', NAME, { verdict: 'FAIL', reason: 'the scenario failed: exit code 1' }),
  ]);
});
afterAll(async () => {
  for (const folder of [cwd, out]) await rm(folder, { recursive: true, force: true });
});

test('mail and evidence of a case that is not here say what is missing', async () => {
  const mail = await kconform(['mail', out, ...FROM], { cwd });
  expect(mail.exitCode, mail.all).toBe(0);
  expect(mail.stdout).toMatch(/^From: A\. Tester <tester@example\.org>\nTo: \(unknown\)\nCc: regressions@/);
  expect(mail.stdout).toMatch(/\n\n#regzbot introduced: v6\.12\.43\.\.v6\.12\.57$/);
  expect(mail.stderr).toContain('no addressees: no file of the kernel is known for this bug; name one with --file');
  const evidence = await kconform(['evidence', out], { cwd });
  expect(evidence.stdout).toContain('wrote evidence-gone-case-s-touch-pwned;');
  const readme = await readFile(join(cwd, 'evidence-gone-case-s-touch-pwned/README.txt'), 'utf8');
  expect(readme.replaceAll(/\s+/g, ' ')).toContain('so that its files are missing here');
});

test('what cannot be written is refused, with the exit code 2', async () => {
  await writeFile(join(cwd, 'mine'), 'mine');
  for (const [words, message] of [
    [['mail', out, '--to', 'mine', ...FROM], 'cannot write mine: it exists'],
    [['mail', out, '--kernel', '6.12.43', ...FROM], 'shows no bug on 6.12.43+deb13-cloud-amd64: PASS'],
    [['mail', out, '--tested', ...FROM], 'nothing shows that kconform try made the results in'],
  ] as const) {
    const { exitCode, stderr } = await kconform(words, { cwd });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  }
  expect(await readFile(join(cwd, 'mine'), 'utf8')).toBe('mine');
});
