/** A run whose terminal is closed, or whose disk is full: it ends in order, and what was judged is written. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readResults } from '../../run/results/results-file.ts';
import { cannotBeApart, kconform, REPOSITORY } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const NOISY = {
  scenario:
    "for (let line = 0; line < 60; line++) await guest.$`yes 0123456789 | head -c 100`; return { answer: '42' };",
  outcome: "{ answer: '43' }",
};
let cases: string;
beforeAll(async () => {
  cases = await temporaryCases({ ...Object.fromEntries(NAMES.map((name) => [name, PASSES])), noisy: NOISY });
});
afterAll(() => rm(cases, { recursive: true, force: true }));

/** Runs on a terminal that is closed after the first results; the shell command before it sets how signals are taken. */
async function onClosedTerminal(name: string, before: string, exec: boolean): Promise<{ out: string; status: string }> {
  const out = join(cases, name);
  const words = ['run', ...NAMES, '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', out];
  const run = `node ${join(REPOSITORY, 'harness/cli/kconform.mjs')} ${words.join(' ')} --report junit=${out}.xml`;
  const shell = exec ? `${before}; exec ${run}` : `${before}; ${run}; echo $? > ${out}.status`;
  const terminal = execa('script', ['-qfc', shell, '/dev/null'], {
    reject: false,
    stdin: 'pipe',
    env: { NO_COLOR: '1', CI: '', SHELL: '/bin/sh' },
  });
  while ((await readResults(out).catch(() => undefined))?.results.length === undefined) await sleep(50);
  while ((await readResults(out)).results.length < 2) await sleep(50);
  terminal.kill('SIGKILL'); // the terminal's other end is closed with it
  await terminal;
  const since = performance.now();
  const isOver = async () => (exec ? (await readResults(out)).run.state !== 'running' : existsSync(`${out}.status`));
  while (!(await isOver()) && performance.now() - since < 60_000) await sleep(100);
  return { out, status: await readFile(`${out}.status`, 'utf8').catch(() => '') };
}

test('with SIGHUP ignored the run goes on without its terminal and ends with its own exit code', async () => {
  const { out, status } = await onClosedTerminal('ignored', "trap '' HUP", false);
  expect(status.trim()).toBe('0');
  const { run, results } = await readResults(out);
  expect(run.state).toBe('finished');
  const names = results.map(({ case: name }) => name).filter((name) => name !== '(boot)');
  expect(names.sort()).toEqual(NAMES);
  const report = await readFile(`${out}.xml`, 'utf8');
  for (const name of NAMES) expect(report).toContain(`name="${name}"`);
}, 120_000);

test('a run that the closed terminal hangs up ends in order, with its reports', async () => {
  const { out } = await onClosedTerminal('hung-up', 'true', true);
  const { run, results } = await readResults(out);
  expect(run.state).toBe('interrupted');
  expect(results.length).toBeGreaterThanOrEqual(2);
  while (!existsSync(`${out}.xml`)) await sleep(50);
}, 120_000);

test('a run whose disk of --out is full ends with one clear error, and its reports elsewhere are written', async ({
  skip,
}) => {
  const why = await cannotBeApart();
  skip(why !== undefined, why);
  const out = join(cases, 'full');
  await mkdir(out);
  const words = ['run', ...NAMES, 'noisy', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', out];
  const report = join(cases, 'full.xml');
  const apart = { mounts: `mount -t tmpfs -o size=12k tmpfs ${out}` };
  const result = await kconform([...words, '--report', `junit=${report}`], { apart });
  expect(result.stderr).toMatch(/^kconform: cannot write .*\n {2}The disk is full: free some space, or give --out/m);
  expect(result.all).not.toContain('bug in kconform');
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
  expect(await readFile(report, 'utf8')).toContain('<testcase');
}, 120_000);
