import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { KconformError } from '../errors/error.ts';
import { noReports } from '../expect/outcome.ts';
import type { PlannedKernel } from '../kernels/resolve.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import { jobKey } from './events.ts';
import type { RunOptions } from './options.ts';
import { type Job, Plan } from './plan.ts';
import type { Shard } from './pool/shard.ts';
import { parseResults } from './results/results-file.ts';

const KERNELS = ['6.12.43', '6.12.57'].map((spec): PlannedKernel => {
  const version = `${spec}+deb13-cloud-amd64`;
  const obtain = () => Promise.reject(new TypeError('not needed'));
  return { id: `${version}_${spec}-1`, spec, version, package: `linux-image-${version}=${spec}-1`, obtain };
});
const NAMES = Array.from({ length: 20 }, (_, index) => `group/case-${index}`);

function optionsOf(own: Partial<RunOptions>): RunOptions {
  const loaded = new KconformError('not needed', { code: 'KC_CASE_BROKEN', blame: 'case' });
  const cases = NAMES.map((name) => ({ name, argument: name, folder: '/', loaded, machine: DEFAULT_MACHINE }));
  return {
    kernels: KERNELS,
    cases,
    boot: undefined,
    accelerator: 'tcg',
    isolation: 'clone',
    jobs: 1,
    leaks: false,
    version: '0',
    ownOptions: [],
    reporters: [],
    signal: new AbortController().signal,
    ...own,
  };
}

function jobs(shard: Shard, judged: RunOptions['judged'] = []): string[] {
  return new Plan(optionsOf({ shard, judged }), {}).jobs.map(textOf).sort();
}

function textOf({ kernel, testCase }: Job): string {
  return `${kernel.spec} ${typeof testCase === 'string' ? testCase : testCase.name}`;
}

/** As kconform divided runs when results.json had schema 1: by the name of the package. */
function partWithSchema1(kernel: PlannedKernel, name: string, count: number): number {
  return (createHash('sha256').update(`${kernel.package}\n${name}`).digest().readUInt32BE(0) % count) + 1;
}

test('a part of a run of schema 1 keeps its share, other parts of such a run have the others', () => {
  const all = [1, 2, 3].flatMap((index) => {
    const own = jobs({ index, count: 3, keys: 1 });
    const expected = KERNELS.flatMap((kernel) =>
      NAMES.filter((name) => partWithSchema1(kernel, name, 3) === index).map((name) => `${kernel.spec} ${name}`),
    );
    expect(own).toEqual(expected.sort());
    return own;
  });
  expect(new Set(all).size).toBe(KERNELS.length * NAMES.length);
  expect(jobs({ index: 1, count: 3 })).not.toEqual(jobs({ index: 1, count: 3, keys: 1 }));
});

test('what was judged is left out, with keys of either form', () => {
  const [first = ''] = jobs({ index: 1, count: 3, keys: 1 });
  const [spec = '', name = ''] = first.split(' ');
  const kernel = KERNELS.find((one) => one.spec === spec) ?? KERNELS[0];
  if (kernel === undefined) throw new TypeError('there is a kernel');
  expect(jobKey(kernel, name)).toContain(kernel.id);
  const result = {
    kernel,
    case: name,
    verdict: 'PASS' as const,
    durationMs: 1,
    observations: [],
    oracles: noReports,
    rerun: '',
  };
  expect(jobs({ index: 1, count: 3, keys: 1 }, [{ result, console: '', transcript: '' }])).not.toContain(first);
});

test('a results.json of schema 1 says how its parts were divided; the next one keeps it', () => {
  const run = {
    id: 'a',
    startedAt: 'b',
    durationMs: 1,
    kconform: '0',
    host: { qemu: '7', cpus: 1, accelerator: 'tcg', acceleratorReason: '' },
    planned: { kernels: [], cases: [], shard: { index: 2, count: 3 } },
  };
  const read = parseResults({ schema: 1, run, results: [] });
  expect(read.run.planned?.shard).toEqual({ index: 2, count: 3, keys: 1 });
  const next = parseResults({ schema: 2, run: { ...run, state: 'running', planned: read.run.planned }, results: [] });
  expect(next.run.planned?.shard).toEqual({ index: 2, count: 3, keys: 1 });
});

test('the longest case comes first, unless the order of the cases is kept', () => {
  const known = Object.fromEntries(NAMES.map((name, index) => [name, index]));
  const first = (own: Partial<RunOptions>) => new Plan(optionsOf(own), known).jobs.slice(0, 2).map(textOf);
  expect(first({})).toEqual(['6.12.43 group/case-19', '6.12.43 group/case-18']);
  expect(first({ keepOrder: true })).toEqual(['6.12.43 group/case-0', '6.12.43 group/case-1']);
});
