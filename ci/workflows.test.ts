/** The workflows that people copy, read by the programs that run them. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertWorkflowTemplate, parseWorkflow } from '@actions/workflow-parser';
import { execa } from 'execa';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PASSES } from '../harness/cli/end-to-end/temporary-cases.test-support.ts';
import { temporaryClone } from './clone.test-support.ts';

const folder = new URL('workflows/', import.meta.url);
const textOf = (name: string) => readFile(new URL(name, folder), 'utf8');

/** The errors that GitHub's own parser finds in a workflow. */
async function githubErrors(content: string): Promise<string[]> {
  const quiet = { error: () => {}, info: () => {}, verbose: () => {} };
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, quiet);
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

test('GitHub: its own parser accepts the workflow, and refuses a misspelt key', async () => {
  const text = await textOf('github-every-6.12.yml');
  expect(await githubErrors(text)).toEqual([]);
  expect(await githubErrors(text.replace('runs-on', 'run-on'))).not.toEqual([]);
});

const Steps = z.looseObject({
  jobs: z.looseObject({ watch: z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional() })) }) }),
});

test('GitHub: its commands judge the newest version once, and leave reports and annotations', async () => {
  const clone = await temporaryClone({ pass: PASSES, wrong: { ...PASSES, outcome: "{ answer: '43' }" } });
  try {
    const { steps } = Steps.parse(parse(await textOf('github-every-6.12.yml'))).jobs.watch;
    const [setUp, ...commands] = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(setUp).toBe('bash ci/setup');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(clone, 'summary.md') };
    const go = async () => {
      const ends = [];
      for (const command of commands)
        ends.push(await execa('bash', ['-e', '-c', command], { cwd: clone, env, reject: false }));
      return ends;
    };
    const [watched, reported] = await go();
    expect(watched?.exitCode).toBe(1);
    expect(watched?.stdout).toMatch(/^::error title=FAIL wrong on 6\.12\./m);
    expect(reported?.exitCode).toBe(0);
    const [id = ''] = (await readdir(join(clone, 'watch'))).filter((name) => name.startsWith('6.12.'));
    const left = await readdir(join(clone, 'watch', id));
    expect(left).toEqual(expect.arrayContaining(['junit.xml', 'report.html', 'results.json']));
    const summary = await readFile(env.GITHUB_STEP_SUMMARY, 'utf8');
    expect(summary).toContain('wrong');

    const [again, nothing] = await go();
    expect(again?.stdout).toBe(`nothing new: ${id.split('_')[0]} was judged last`);
    expect([again?.exitCode, nothing?.exitCode]).toEqual([0, 0]);
    expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe(summary);
  } finally {
    await rm(clone, { recursive: true });
  }
});

/**
 * The jobs that gitlab-ci-local finds in a pipeline. It validates pipelines with the schema that GitLab publishes.
 * @throws the first error in the pipeline
 */
async function gitlabJobs(content: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-gitlab-'));
  try {
    await writeFile(join(folder, '.gitlab-ci.yml'), content);
    const program = fileURLToPath(import.meta.resolve('gitlab-ci-local'));
    const { stdout, stderr } = await execa('node', [program, '--list-csv'], { cwd: folder, env: { HOME: folder } });
    expect(stderr).toContain('json schema validated');
    return stdout
      .split('\n')
      .slice(1)
      .map((line) => line.split(';')[0] ?? '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('GitLab: its schema accepts the pipeline, and refuses a misspelt key; the jobs are four parts and a merge', async () => {
  const text = await textOf('gitlab.yml');
  const parts = [1, 2, 3, 4].map((part) => `kconform: [${part}/4]`);
  expect(await gitlabJobs(text)).toEqual([...parts, 'kconform-report']);
  await expect(gitlabJobs(text.replace('junit:', 'junt:'))).rejects.toThrow(/'junt' property is not expected/);
  await expect(gitlabJobs(text.replace('stage: report', 'stage: rport'))).rejects.toThrow(/stage:rport not found/);
});

/** Validates a job with the schema of a Job. @throws the first error */
function validateJob(job: object): void {
  const model = new Job({ spec: { template: {} } });
  Object.assign(model, job).validate();
}

test('Kubernetes: the schema of a Job accepts the job, and refuses text where a number is due', async () => {
  const job = z.looseObject({ spec: z.looseObject({ completions: z.number() }) });
  const { spec, ...rest } = job.parse(parse(await textOf('kubernetes-job.yaml')));
  expect(() => validateJob({ ...rest, spec })).not.toThrow();
  expect(() => validateJob({ ...rest, spec: { ...spec, completions: '4' } })).toThrow();
});

test('Kubernetes: there are as many parts as completions', async () => {
  const text = await textOf('kubernetes-job.yaml');
  const [, completions] = /completions: (\d+)/.exec(text) ?? [];
  const [, shards] = /KCONFORM_SHARDS\s+value: "(\d+)"/.exec(text) ?? [];
  expect(completions).toBe(shards);
});

test('Slurm: bash can parse the script', async () => {
  await execa('bash', ['-n', new URL('slurm-array.sh', folder).pathname]);
});

test('every command and option of kconform in the workflows exists', async () => {
  const texts = await Promise.all((await readdir(folder)).map(textOf));
  const used = new Map<string, Set<string>>();
  for (const [, name = '', words = ''] of texts
    .join('\n')
    .replaceAll('\\\n', ' ')
    .matchAll(/npx kconform ([a-z]+)(.*)/g)) {
    const options = used.get(name) ?? new Set();
    for (const [option] of words.matchAll(/--[a-z-]+/g)) options.add(option);
    used.set(name, options);
  }
  expect([...used.keys()].sort()).toEqual(['merge', 'report', 'run', 'watch']);
  const kconform = new URL('../harness/cli/kconform.mjs', import.meta.url).pathname;
  for (const [name, options] of used) {
    const { stdout } = await execa('node', [kconform, name, '--help']);
    for (const option of options) expect(stdout, `${name} ${option}`).toContain(option);
  }
});
