import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replay, sampleRun } from '../../report/sample-run.ts';
import type { RunEvent } from '../../run/events.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { resumedShard, resumeFrom } from '../run-parts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-resume-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('ERRORs of the host and of the harness are judged again, those of the case are not', async () => {
  const blames = ['host', 'harness', 'case'] as const;
  const events = sampleRun.flatMap<RunEvent>((event) => {
    if (event.type !== 'case-finished') return [event];
    if (event.result.verdict !== 'PASS') return [];
    const errors = blames.map((blame) => ({
      ...event,
      result: { ...event.result, case: `group/${blame}`, verdict: 'ERROR' as const, blame, reason: 'a reason' },
    }));
    return [event, ...errors];
  });
  await replay(new ResultsReporter(folder), events);
  const said: string[] = [];
  const { judged } = await resumeFrom(folder, (message) => said.push(message));
  expect(judged.map(({ result }) => [result.verdict, result.blame])).toEqual([
    ['PASS', undefined],
    ['ERROR', 'case'],
  ]);
  expect(said).toEqual([
    `${folder} has 2 results, which are kept`,
    'ERRORs of the host or the harness are judged again (2)',
  ]);
});

test.each(['', '{"schema": 1, "run"'])(
  'a results.json that is broken (%j) says how to start from the beginning',
  async (text) => {
    await writeFile(join(folder, 'results.json'), text);
    await expect(resumeFrom(folder, () => undefined)).rejects.toMatchObject({
      code: 'KC_RESULTS_FILE',
      blame: 'host',
      hint: expect.stringMatching(/to start from the beginning, move .*results\.json away/),
    });
  },
);

test('a resumed part is the part of its results', () => {
  const planned = { index: 2, count: 4, keys: 1 } as const;
  expect(resumedShard(planned, undefined)).toBe(planned);
  expect(resumedShard(planned, '2/4')).toBe(planned);
  expect(resumedShard(undefined, '1/1')).toBeUndefined();
  const other = (shard: Parameters<typeof resumedShard>[0], asked: string) => () => resumedShard(shard, asked);
  expect(other(planned, '3/4')).toThrow('--shard 3/4: the results to resume are part 2/4');
  expect(other(undefined, '3/4')).toThrow('--shard 3/4: the results to resume are part 1/1');
});
