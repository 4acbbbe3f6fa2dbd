import { describe, expect, it } from 'vitest';
import type { KselftestSuite } from '../declaration.ts';
import { type BuiltTarget, NAMES_NO_TEST, withoutEmpty } from './build-target.ts';
import { testsOfTarget } from './selftests.ts';

const target: BuiltTarget = { target: 'mm', programs: [{ name: 'run_vmtests.sh' }], limitMs: 45_000 };
const fields: KselftestSuite = { about: 'selftests', kind: 'kselftest', targets: ['mm'], more: ['mm/mdwe_test'] };

async function named(own: Partial<BuiltTarget>, more: KselftestSuite = fields): Promise<string[]> {
  const built = { ...target, ...own };
  const installed = { format: 2 as const, version: '6.12.118', targets: [built], folder: '/a', large: '/b', log: '/c' };
  const tests = await testsOfTarget({ installed, target: built, place: '/t', modules: new Map() }, more);
  return tests.map(({ name, problem }) => `${name}: ${problem?.message}`);
}

describe('testsOfTarget', () => {
  it('names a target that was not built, whatever the suite file adds', async () => {
    const failure = 'mm.c:1: error: expected ;';
    const only = `mm: mm of 6.12.118 was not built: ${failure}`;
    const { more: _, ...without } = fields;
    expect(await named({ programs: [], failure }, without)).toEqual([only]);
    const added = 'mm/mdwe_test: mm/mdwe_test of 6.12.118 was not built: it was not installed';
    expect(await named({ programs: [], failure }, fields)).toEqual([only, added]);
  });

  it('takes a target whose Makefile names no test, where the suite file does', async () => {
    expect(await named({ programs: [], failure: NAMES_NO_TEST })).toEqual([expect.stringMatching(/^mm\/mdwe_test/)]);
  });
});

describe('withoutEmpty', () => {
  it('takes an empty program for one that was not made', () => {
    const missing = { name: 'run_vmtests.sh', missing: 'make made an empty file' };
    expect(withoutEmpty(target, new Set(['mm/run_vmtests.sh'])).programs).toEqual([missing]);
    expect(withoutEmpty(target, new Set(['vm/run_vmtests.sh']))).toEqual(target);
  });
});
