/** Two kernels of one release in one run, such as a published one and a rebuilt tree: no report takes them for one. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageId } from '../../kernels/kernel-id.ts';
import type { CaseResult, KernelIdentity, RunEvent } from '../../run/events.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { compareRuns } from '../../series/compare.ts';
import { matrixOf } from '../../series/matrix.ts';
import { timelineOf } from '../../series/timeline.ts';
import { recordOf, replay, sampleRun } from '../sample-run.ts';
import { TerminalReporter } from '../text/terminal.ts';
import { githubAnnotations } from './github.ts';
import { html } from './html/html.ts';
import { junit } from './junit.ts';
import { kcidb } from './kcidb.ts';
import { ktap } from './ktap.ts';
import { summary } from './summary.ts';

const finished = sampleRun.find((event) => event.type === 'case-finished' && event.result.verdict === 'FAIL');
if (finished?.type !== 'case-finished') throw new TypeError('the sample run has a FAIL');
const failed = finished.result;
const published = failed.kernel;
const rebuilt: KernelIdentity = {
  id: imageId(published.version, '1a2b3c4d5e6f7a8b'),
  spec: './vmlinux',
  version: published.version,
  package: null,
};
const ids = [published.id, rebuilt.id];

function resultOn(kernel: KernelIdentity, verdict: 'PASS' | 'FAIL'): RunEvent {
  const { observations, evidence, ...rest } = failed;
  const seen = observations.map((one) => ({ ...one, verdict }));
  const result: CaseResult = { ...rest, evidence: { ...evidence }, observations: seen, kernel, verdict };
  return { type: 'case-finished', kernel, result, console: `console of ${kernel.spec}`, transcript: '' };
}

const events: readonly RunEvent[] = [
  ...sampleRun
    .filter((event) => event.type === 'run-started')
    .map((event) => ({ ...event, planned: { kernels: [published, rebuilt], cases: [] } })),
  resultOn(published, 'FAIL'),
  resultOn(rebuilt, 'FAIL'),
  { type: 'run-finished', durationMs: 1, interrupted: false },
];

let folder: string;
let record: RunRecord;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-same-release-'));
  await replay(new ResultsReporter(folder), events);
  record = await readStoredRun(folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('each has a folder of its own, and both are there when the run is read again', async () => {
  expect((await readdir(folder)).filter((name) => name !== 'results.json').sort()).toEqual([...ids].sort());
  expect(record.cases.map(({ result, console }) => [result.kernel.id, console])).toEqual([
    [published.id, `console of ${published.spec}`],
    [rebuilt.id, 'console of ./vmlinux'],
  ]);
  expect(record).toEqual({ ...(await recordOf(events)), durationMs: 1 });
});

test.each([
  ['ktap', ktap],
  ['junit', (run: RunRecord) => junit(run, 'lab')],
  ['kcidb', kcidb],
  ['summary', summary],
  ['github', githubAnnotations],
  ['html', html],
])('%s names both', (_, render) => {
  const text = render(record);
  for (const id of ids) expect(text).toContain(id);
});

test('they are two suites, two builds with a test each, and two columns', () => {
  expect(junit(record, 'lab').match(/<testsuite /g)).toHaveLength(2);
  const { builds, checkouts, tests } = JSON.parse(kcidb(record));
  for (const all of [builds, checkouts, tests]) expect(new Set(all.map((one: { id: string }) => one.id)).size).toBe(2);
  expect(html(record)).toContain('1 cases × 2 kernels');
  expect(ktap(record)).toContain('\n1..2\n');
});

test('the terminal names both in the lines of results and of failures', async () => {
  let text = '';
  await replay(new TerminalReporter({ write: (more) => (text += more) }, {}), events);
  for (const id of ids) expect(text.split(id).length).toBeGreaterThan(2);
});

test('timeline, matrix and compare tell them apart', async () => {
  const results = record.cases.map(({ result }) => result);
  const mixed = [
    ...results.slice(0, 1),
    ...(await recordOf([...events.slice(0, 1), resultOn(rebuilt, 'PASS'), ...events.slice(-1)])).cases.map(
      ({ result }) => result,
    ),
  ];
  const name = mixed[0]?.case ?? '';
  expect([...timelineOf(mixed, name).kernels].sort()).toEqual([...ids].sort());
  expect(matrixOf(mixed, true).columns.flat().sort()).toEqual([...ids].sort());
  expect(compareRuns(results, mixed)).toMatchObject({
    common: 2,
    compared: [
      { change: 'fixed', kernel: rebuilt.id },
      { change: 'persistent', kernel: published.id },
    ],
  });
});
