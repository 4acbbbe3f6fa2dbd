/** The job array that people copy, run by a real Slurm. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../harness/cli/end-to-end/command-line.test-support.ts';
import { PASSES } from '../harness/cli/end-to-end/temporary-cases.test-support.ts';
import { readResults } from '../harness/run/results/results-file.ts';
import { temporaryClone } from './clone.test-support.ts';
import { type Slurm, startSlurm } from './slurm.test-support.ts';

const SCRIPT = 'ci/workflows/slurm-array.sh';
const PARTS = 4;
const LIMIT_MS = 110_000;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'wrong'];

let clone: string;
beforeAll(async () => {
  const wrong = { ...PASSES, outcome: "{ answer: '43' }" };
  clone = await temporaryClone(Object.fromEntries(NAMES.map((name) => [name, name === 'wrong' ? wrong : PASSES])));
});
afterAll(() => rm(clone, { recursive: true }));

/** Runs shell commands in the clone, as on a login node. Returns what they print. */
async function atLogin({ env }: Slurm, commands: string): Promise<string> {
  const { stdout } = await execa('bash', ['-ec', commands], { cwd: clone, env });
  return stdout;
}

test(
  'the parts are merged into the whole run by the commands in the comment of the script',
  async () => {
    await using slurm = await startSlurm();
    const head = await readFile(join(REPOSITORY, SCRIPT), 'utf8');
    const shown = [...head.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line).join('\n');
    const job = /\d+$/.exec(await atLogin(slurm, `${shown}\necho "$job"`))?.[0] ?? '';
    await slurm.drained(LIMIT_MS);

    expect(await slurm.ends(job)).toEqual(Array.from({ length: PARTS }, () => 'COMPLETED 0:0'));
    const parts = join(clone, `out-${job}`);
    expect((await readdir(parts)).sort()).toEqual(['part-1', 'part-2', 'part-3', 'part-4', 'whole']);
    const shares = await Promise.all(
      Array.from({ length: PARTS }, async (_, place) => {
        const { run, results } = await readResults(join(parts, `part-${place + 1}`));
        expect(run.planned?.shard).toEqual({ index: place + 1, count: PARTS });
        return results.map(({ case: name }) => name);
      }),
    );
    expect(shares.flat().sort()).toEqual(['(boot)', ...NAMES].sort());

    const whole = await readResults(join(parts, 'whole'));
    const verdicts = whole.results.map(({ case: name, verdict }) => `${verdict} ${name}`).sort();
    expect(verdicts).toEqual(['FAIL wrong', 'PASS (boot)', ...NAMES.slice(0, -1).map((name) => `PASS ${name}`)]);
    expect(await readFile(join(clone, 'report.html'), 'utf8')).toContain('wrong');
    // The merge was submitted next.
    expect(await slurm.ends(String(Number(job) + 1))).toEqual(['FAILED 1:0']);
  },
  LIMIT_MS + 10_000,
);

test('a part that cannot run fails its task', async () => {
  await using slurm = await startSlurm();
  const job = await atLogin(slurm, `sbatch --parsable --array=1 ${SCRIPT} 6.12.44`);
  await slurm.drained(LIMIT_MS);
  expect(await slurm.ends(job)).toEqual(['FAILED 2:0']);
});
