import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptSource, PLAIN_SOURCE } from '../../evidence/kept-source.ts';
import { noReports } from '../../expect/outcome.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { type FinishedRun, RunKeeper } from './keep-runs.ts';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'kc-keep-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const kernel: Kernel = {
  id: '6.12.57@0123456789ab',
  spec: '6.12.57',
  version: '6.12.57',
  package: null,
  vmlinux: '/nowhere',
  sha256: '0123456789ab',
};
const ended = (exitCode: number, transcript: string): FinishedRun => ({
  seen: {
    console: `console of ${transcript}`,
    outcome: { observations: { exitCode, signal: null, output: '' }, oracles: noReports },
    failure: undefined,
  },
  transcript,
  durationMs: 12.4,
});

async function kept(runs: readonly FinishedRun[]) {
  const source = {
    ...PLAIN_SOURCE,
    form: 'c' as const,
    main: 'a.c',
    about: 'a program',
    files: new Map([['a.c', Buffer.from('x')]]),
  };
  const host = { qemu: '7.2', cpus: 2, accelerator: 'tcg', acceleratorReason: '' };
  const keeper = await RunKeeper.begin(out, { name: 'report.eml', argument: './report.eml', source }, host);
  await keeper.add({ kernel, machine: { cpus: 2 }, packages: undefined }, runs);
  await keeper.end(false);
  expect(await keptSource(out, 'report.eml')).toEqual(source);
  return readStoredRun(out);
}

test('the first hit is the result, and the other runs are retries', async () => {
  const { state, cases } = await kept([ended(0, 'one'), ended(3, 'two'), ended(0, 'three')]);
  expect(state).toBe('finished');
  expect(cases).toMatchObject([
    {
      console: 'console of two',
      transcript: 'two',
      result: {
        case: 'report.eml',
        verdict: 'FAIL',
        reason: 'the scenario failed: exit code 3',
        machine: { cpus: 2 },
        retries: [{ verdict: 'PASS' }, { verdict: 'PASS' }],
        rerun: 'npx kconform repro ./report.eml --kernel 6.12.57',
      },
    },
  ]);
});

test('without a hit the first run is the result; a program that did not start is an ERROR', async () => {
  expect((await kept([ended(0, 'one')])).cases).toMatchObject([{ result: { verdict: 'PASS' }, transcript: 'one' }]);
  expect((await kept([ended(127, 'one')])).cases).toMatchObject([{ result: { verdict: 'ERROR', blame: 'case' } }]);
});

test('interrupted before the first run, the folder has no result', async () => {
  expect((await kept([])).cases).toEqual([]);
});
