/** Flat TAP, as perl's prove reads it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type FinalResults, Parser } from 'tap-parser';
import { expect, test } from 'vitest';
import { resultsAmong } from '../../scenario/results/observations.ts';
import { programRun, recordOf } from '../sample-run.ts';
import { hostileRun } from './hostile-run.test-support.ts';
import { ktap } from './ktap.ts';
import { tap } from './tap.ts';

const hasProve = (await execa('prove', ['--version'], { reject: false })).exitCode === 0;

async function prove(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-tap-'));
  try {
    await writeFile(join(folder, 'run.tap'), text);
    return await execa('prove', ['--exec', 'cat', join(folder, 'run.tap')], { reject: false, all: true });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the sample, and a run of programs', async () => {
  await expect(tap(await recordOf())).toMatchFileSnapshot('golden/sample.tap');
  await expect(tap(await recordOf(programRun))).toMatchFileSnapshot('golden/programs.tap');
  await expect(ktap(await recordOf(programRun))).toMatchFileSnapshot('golden/programs.ktap');
});

const good = programRun.filter((event) => event.type !== 'case-finished' || event.result.verdict !== 'FAIL');

test.skipIf(!hasProve)('prove fails for FAIL, XPASS and ERROR alone', async () => {
  const bad = await prove(tap(await recordOf()));
  expect(bad.exitCode).not.toBe(0);
  expect(bad.all).toContain('Failed 5/8 subtests');
  for (const text of [tap(await recordOf(good)), ktap(await recordOf(good))]) {
    const run = await prove(text);
    expect(run.all).toContain('Result: PASS');
    expect(run.all).not.toContain('Parse errors');
    expect(run.exitCode).toBe(0);
  }
  const hostile = await prove(tap(await recordOf(hostileRun)));
  expect(hostile.all).not.toContain('Parse errors');
});

function read(text: string): FinalResults {
  const parser = new Parser({ strict: false });
  parser.end(text);
  if (parser.results === null) throw new Error('tap-parser gave no results');
  return parser.results;
}

test('tap-parser of npm counts each line', async () => {
  const sample = read(tap(await recordOf()));
  expect(sample).toMatchObject({ ok: false, count: 8, pass: 2, skip: 1, todo: 1, bailout: false });
  expect(sample.failures).toHaveLength(5);
  expect(read(tap(await recordOf(good)))).toMatchObject({ ok: true, failures: [] });
  const hostile = read(tap(await recordOf(hostileRun)));
  expect(hostile).toMatchObject({ ok: false, bailout: false });
  expect(hostile.plan).toMatchObject({ start: 1, end: hostile.count });
});

test('kconform’s own reader agrees with the run', async () => {
  for (const render of [tap, ktap]) {
    const read = async (events: typeof programRun, exitCode: number) =>
      resultsAmong({ exitCode, signal: null, output: render(await recordOf(events)) });
    expect(await read(good, 0)).toMatchObject({ status: 'pass', problems: [] });
    expect(await read(programRun, 1)).toMatchObject({ status: 'fail', problems: [] });
  }
});
