/** Faults of kconform itself, whichever way they come out: exit code 1 would say that a kernel misbehaves. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResults } from '../../run/results/results-file.ts';
import { kconform, REPOSITORY } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

const KCONFORM = 'harness/cli/kconform.mjs';
let cases: string;
beforeAll(async () => {
  const long = { scenario: 'await guest.$`sleep 6`; return { done: true };', outcome: '{ done: true }' };
  cases = await temporaryCases({ pass: PASSES, long });
});
afterAll(() => rm(cases, { recursive: true }));

/** An environment in which node runs this before kconform. */
function preceded(code: string, more: Record<string, string> = {}) {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`, ...more };
}

/** As if a line of ours that runs once the first case is judged had this fault. */
const MIDWAY = (fault: string) => `
  import { readFileSync } from 'node:fs';
  const file = process.env.KCONFORM_TEST_RESULTS;
  const timer = setInterval(() => {
    try { if (!readFileSync(file, 'utf8').includes('"case": "pass"')) return; } catch { return; }
    clearInterval(timer);
    ${fault}
  }, 10);`;

describe.each([
  ['thrown', "throw new TypeError('a slip of ours');"],
  ['rejected', "Promise.reject(new TypeError('a slip of ours'));"],
])('%s where nothing awaits it', (name, fault) => {
  test('ends the run with 2, leaves no guest, and what was judged is kept', async () => {
    const out = join(cases, name);
    const words = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '2', '--out', out];
    const env = preceded(MIDWAY(fault), { KCONFORM_TEST_RESULTS: join(out, 'results.json') });
    const result = await kconform(words, { env });
    expect(result.stderr).toContain(
      'kconform: a slip of ours\n  This is a bug in kconform and says nothing about the kernel',
    );
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.exitCode).toBe(2);
    expect(result.leftovers).toEqual([]);
    expect((await readResults(out)).results.map((one) => one.case)).toEqual(['(boot)', 'pass']);
  });

  test('--debug shows where', async () => {
    const started = `const timer = setInterval(() => {
      if (process.listenerCount('uncaughtException') === 0) return;
      clearInterval(timer);
      ${fault}
    });`;
    const result = await kconform(['doctor', '--debug'], { env: preceded(started) });
    expect(result.stderr).toMatch(/^TypeError: a slip of ours\n {4}at /m);
    expect(result.exitCode).toBe(2);
  });
});

test('a command that never completes is reported', async () => {
  const never = `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';
    fs.readdir = () => new Promise(() => {}); syncBuiltinESMExports();`;
  const result = await kconform(['cache'], { env: preceded(never) });
  expect(result.stderr).toContain('the event loop is empty but the command has not finished');
  expect(result.exitCode).toBe(2);
});

test('missing packages are reported with a hint, and a bisection of commits stops', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-bare-'));
  for (const name of ['harness', 'package.json'])
    await cp(join(REPOSITORY, name), join(folder, name), { recursive: true });
  const start = (...words: string[]) => execa('node', [join(folder, KCONFORM), ...words], { reject: false });
  const result = await start('cases');
  const bisection = await start('bisect', '--tree', '.', 'x');
  await rm(folder, { recursive: true });
  expect(result.stderr).toMatch(/^kconform cannot start: Cannot find package 'esbuild'.*\n.*bash ci\/setup/);
  expect(result.exitCode).toBe(2);
  expect(bisection.exitCode).toBe(128);
});

test('a standard output that takes no more is named, and is no fault of ours', async () => {
  const { stderr, exitCode } = await execa('sh', ['-c', `node ${KCONFORM} cases > /dev/full`], {
    cwd: REPOSITORY,
    reject: false,
  });
  expect(stderr).toMatch(/^kconform: cannot write to standard output: ENOSPC/);
  expect(stderr).not.toContain('bug in kconform');
  expect(exitCode).toBe(2);
});

test('a reader that went away early gets no exit code of a run that has ended', async () => {
  const words = `run pass --cases ${cases} --kernel 6.12`;
  const { stdout } = await execa('bash', ['-c', `node ${KCONFORM} ${words} | true; echo "\${PIPESTATUS[0]}"`], {
    cwd: REPOSITORY,
  });
  expect(stdout).toBe('141');
});

test('with an option that is none a bisection of commits stops', async () => {
  expect((await kconform(['bisect', '--tree', '.', '--nosuch', 'x'])).exitCode).toBe(128);
  expect((await kconform(['bisect', '--nosuch', 'x'])).exitCode).toBe(2);
});
