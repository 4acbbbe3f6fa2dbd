/** The pipeline that people copy, run by gitlab-ci-local: each job in a folder of its own, with the artifacts of earlier jobs. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { PASSES } from '../harness/cli/end-to-end/temporary-cases.test-support.ts';
import { readResults } from '../harness/run/results/results-file.ts';
import { temporaryClone } from './clone.test-support.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'wrong'];

test('the last job merges the parts, fails because of a FAIL, and keeps the reports', async () => {
  const wrong = { ...PASSES, outcome: "{ answer: '43' }" };
  const clone = await temporaryClone(
    Object.fromEntries(NAMES.map((name) => [name, name === 'wrong' ? wrong : PASSES])),
  );
  const home = await mkdtemp(join(tmpdir(), 'kc-home-')); // where gitlab-ci-local has its own settings
  try {
    await copyFile(new URL('workflows/gitlab.yml', import.meta.url), join(clone, '.gitlab-ci.yml'));
    await execa('git', ['init', '--quiet'], { cwd: clone });
    await execa('git', ['add', '--all'], { cwd: clone }); // a job's folder has the tracked files
    const program = fileURLToPath(import.meta.resolve('gitlab-ci-local'));
    const env = { HOME: home, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), NO_COLOR: '1' };
    const words = [program, '--force-shell-executor', '--shell-isolation'];
    const { stdout, exitCode } = await execa('node', words, { cwd: clone, env, reject: false });
    for (const part of [1, 2, 3, 4]) expect(stdout).toContain(`PASS  kconform: [${part}/4]`);
    expect(stdout).toContain('FAIL  kconform-report');
    expect(exitCode).toBe(1);

    const { results } = await readResults(join(clone, 'out'));
    const verdicts = results.map(({ case: name, verdict }) => `${verdict} ${name}`).sort();
    expect(verdicts).toEqual(['FAIL wrong', 'PASS (boot)', ...NAMES.slice(0, -1).map((name) => `PASS ${name}`)]);
    expect(await readFile(join(clone, 'out/junit.xml'), 'utf8')).toContain('<failure');
    expect(await readFile(join(clone, 'out/report.html'), 'utf8')).toContain('wrong');
  } finally {
    for (const folder of [clone, home]) await rm(folder, { recursive: true });
  }
});
