import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caseKey, type OutcomeInputs, observingCode, outcomeKey } from './outcome-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

const kernel = { id: 'k', spec: '6.12', version: '6.12.118', package: null, vmlinux: '/nowhere', sha256: 'a' };
const INPUTS: OutcomeInputs = {
  case: 'group/one',
  scenario: 'a',
  steering: { needs: {}, limitMs: undefined, leaks: false },
  kernel,
  guest: 'g',
  accelerator: 'tcg',
  code: 'c',
};

test.each<[string, Partial<OutcomeInputs>]>([
  ['another case', { case: 'group/two' }],
  ['another scenario', { scenario: 'b' }],
  ['a file that must be in the guest', { steering: { ...INPUTS.steering, needs: { files: ['/sys'] } } }],
  ['a feature that is probed', { steering: { ...INPUTS.steering, needs: { features: ['kmemleak'] } } }],
  ['another limit', { steering: { ...INPUTS.steering, limitMs: 1 } }],
  ['a scan for leaks', { steering: { ...INPUTS.steering, leaks: true } }],
  ['other bytes of the guest', { guest: 'h' }],
  ['another accelerator', { accelerator: 'kvm' }],
  ['other code that observes', { code: 'd' }],
  ['symbols that were asked for and are missing', { kernel: { ...kernel, symbols: { missing: 'no -dbg package' } } }],
])('%s has another key', async (_, other) => {
  const key = await outcomeKey(INPUTS);
  expect(await outcomeKey({ ...INPUTS, steering: { ...INPUTS.steering } })).toBe(key);
  expect(await outcomeKey({ ...INPUTS, ...other })).not.toBe(key);
});

test('another module that leaks, and other symbols, have another key', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'one');
  for (const own of [{ leakModule: file }, { symbols: file }]) {
    const before = await outcomeKey({ ...INPUTS, kernel: { ...kernel, ...own } });
    await writeFile(file, 'other');
    expect(await outcomeKey({ ...INPUTS, kernel: { ...kernel, ...own } })).not.toBe(before);
  }
});

test('a case is unstable until it or the code that observes changes', () => {
  expect(caseKey({ ...INPUTS, scenario: 'b' })).not.toBe(caseKey(INPUTS));
  expect(caseKey({ ...INPUTS, code: 'd' })).not.toBe(caseKey(INPUTS));
});

test('all code that observes is in the key, and the judge is not', async () => {
  const { files } = await observingCode();
  expect(files).toEqual(
    expect.arrayContaining([
      'harness/authors/child.ts',
      'harness/guest/agent/client.ts',
      'harness/guest/qemu/qemu.ts',
      'harness/oracles/canaries.ts',
      'harness/oracles/kmemleak.ts',
      'harness/run/case/observe.ts',
      'harness/run/kernel-machines.ts',
      'harness/scenario/api/race.ts',
      'harness/scenario/forms/c.ts',
      'harness/scenario/forms/program.ts',
      'harness/scenario/forms/shell.ts',
    ]),
  );
  expect(files.filter((file) => /judge\/judge|report\/|cli\//.test(file))).toEqual([]);
});
