import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf, replay, sampleRun } from '../../report/sample-run.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import { eventsOf } from './record.ts';
import { notWritten, ResultsReporter } from './results.ts';
import { readStoredRun } from './stored-run.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-results-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (from = folder) => readFile(join(from, 'results.json'), 'utf8');

test('a whole run, as CI reads it', async () => {
  await replay(new ResultsReporter(folder, [], () => 0));
  await expect(await read()).toMatchFileSnapshot('golden/results.json.txt');
  expect((await readdir(folder)).filter((name) => name.includes('results'))).toEqual(['results.json']);
});

test('a killed run leaves valid results of what it judged, at every moment', async () => {
  const reporter = new ResultsReporter(join(folder, 'new', 'out'), [], () => 7);
  let judged = 0;
  for (const event of sampleRun) {
    await reporter.on(event);
    if (event.type === 'case-finished') judged += 1;
    const document = JSON.parse(await read(join(folder, 'new', 'out')));
    expect(document.results).toHaveLength(judged);
    const totals: number[] = Object.values(document.totals);
    expect(totals.reduce((sum, count) => sum + count)).toBe(judged);
  }
});

test('the first file of a resumed run holds all that was judged before', async () => {
  await replay(new ResultsReporter(folder));
  const { started, cases } = await readStoredRun(folder);
  const reporter = new ResultsReporter(folder, cases);
  for (const event of eventsOf({ started, state: 'running', durationMs: 0, cases })) {
    await reporter.on(event);
    expect(JSON.parse(await read()).results).toHaveLength(cases.length);
  }
  expect((await readStoredRun(folder)).cases).toEqual(cases);
});

test('a current folder that is changed later does not move the results', async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const reporter = new ResultsReporter('relative');
    process.chdir('/');
    await replay(reporter);
  } finally {
    process.chdir(before);
  }
  expect(JSON.parse(await read(join(folder, 'relative'))).results).not.toHaveLength(0);
});

test.each([
  ['ENOSPC', 'disk is full'],
  ['EFBIG', 'ulimit -f'],
  ['EACCES', 'a folder that can be written to'],
])('%s is told with what to do about it', (code, words) => {
  expect(notWritten('results.json', Object.assign(new Error(code), { code })).hint).toContain(words);
});

test('events that are not awaited are written in their order', async () => {
  const reporter = new ResultsReporter(folder);
  await Promise.all(sampleRun.map((event) => reporter.on(event)));
  expect(JSON.parse(await read())).toMatchObject({ run: { durationMs: 68_200 }, totals: { PASS: 1, ERROR: 1 } });
});

test.each([
  ['below a file', () => join(folder, 'file/out')],
  ['that is a file', () => join(folder, 'file')],
  ['in a file system that makes none', () => '/proc/kconform/out'],
])('a folder %s is an error of the host that speaks of --out', async (_, out) => {
  await writeFile(join(folder, 'file'), '');
  const run = replay(new ResultsReporter(out()));
  await expect(run).rejects.toMatchObject({
    code: 'KC_RESULTS_NOT_WRITTEN',
    blame: 'host',
    hint: expect.stringContaining('--out'),
  });
});

test('a later result of the same case on the same kernel replaces the earlier one, also in what reports get', async () => {
  const [one, other] = sampleRun.filter((event) => event.type === 'case-finished');
  const [last] = sampleRun.slice(-1);
  if (one?.type !== 'case-finished' || other === undefined || last === undefined) throw new TypeError('two cases end');
  const later = { ...one, console: 'later', result: { ...one.result, verdict: 'FAIL' as const } };
  const events = [...sampleRun.slice(0, 1), one, other, later, last];
  await replay(new ResultsReporter(folder), events);
  const { results, totals } = JSON.parse(await read());
  const judged = results.map((entry: { case: string; verdict: string }) => [entry.case, entry.verdict]);
  expect(judged).toEqual([
    [one.result.case, 'FAIL'],
    ['bpffs/mount-owner', 'PASS'],
  ]);
  expect(totals).toMatchObject({ PASS: 1, FAIL: 1, XFAIL: 0 });
  const record = await recordOf(events);
  expect(record.cases.map(({ result, console }) => [result.verdict, console])).toEqual([
    ['FAIL', 'later'],
    ['PASS', ''],
  ]);
  expect((await readStoredRun(folder)).cases.map(({ console }) => console)).toEqual(['later', '']);
  let text = '';
  await replay(new TerminalReporter({ write: (more) => (text += more) }, {}), events);
  expect(text).toContain('1 PASS, 1 FAIL');
});
