import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KselftestSuite } from '../declaration.ts';
import { type BuiltTarget, compareHelpers, NAMES_NO_TEST, withoutEmpty } from './build-target.ts';
import { testsOfTarget } from './selftests.ts';

const target: BuiltTarget = { target: 'mm', programs: [{ name: 'run_vmtests.sh' }], helpers: [], limitMs: 45_000 };
const fields: KselftestSuite = { about: 'selftests', kind: 'kselftest', targets: ['mm'], more: ['mm/mdwe_test'] };

async function named(own: Partial<BuiltTarget>, more: KselftestSuite = fields, folder = '/a'): Promise<string[]> {
  const built = { ...target, ...own };
  const installed = { format: 3 as const, version: '6.12.118', targets: [built], folder, large: '/b', log: '/c' };
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

describe('a test whose helper was not built', () => {
  const reason = 'fuse_mnt.c:17:10: fatal error: fuse.h: No such file or directory';
  const memfd: BuiltTarget = {
    target: 'memfd',
    programs: [{ name: 'run_fuse_test.sh' }, { name: 'run_hugetlbfs_test.sh' }],
    helpers: [{ name: 'fuse_test' }, { name: 'mounts.sh' }, { name: 'fuse_mnt', missing: reason }],
    limitMs: 45_000,
  };

  it.each([
    ['a helper', './fuse_mnt ./mnt\n./fuse_test ./mnt/memfd\n'],
    ['a helper of a helper', './mounts.sh\n./fuse_test ./mnt/memfd\n'],
  ])('is an error with the reason, and the other tests of its target run: %s', async (_title, script) => {
    const folder = await mkdtemp(join(tmpdir(), 'kconform-helpers-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'memfd'));
    for (const [name, text] of [
      ['run_fuse_test.sh', script],
      ['mounts.sh', './fuse_mnt ./mnt\n'],
      ['run_hugetlbfs_test.sh', './memfd_test hugetlbfs\n'],
    ] as const) {
      await writeFile(join(folder, 'memfd', name), `#!/bin/sh\n${text}`);
      await chmod(join(folder, 'memfd', name), 0o755);
    }
    const { more: _, ...suite } = fields;
    expect(await named(memfd, suite, folder)).toEqual([
      `memfd/run_fuse_test.sh: memfd/run_fuse_test.sh of 6.12.118 was not built: its helper fuse_mnt was not built: ${reason}`,
      'memfd/run_hugetlbfs_test.sh: undefined',
    ]);
  });

  it('is itself one with its own reason, where the suite file makes it a test', async () => {
    const own = { ...memfd, programs: [] };
    expect(await named(own, { ...fields, more: ['memfd/fuse_mnt'] })).toEqual([
      `memfd/fuse_mnt: memfd/fuse_mnt of 6.12.118 was not built: ${reason}`,
    ]);
  });
});

describe('compareHelpers', () => {
  it('names what is not installed, with the error of the compiler for it', () => {
    const errors = { programs: new Map([['fuse_mnt', 'fuse_mnt.c:17: error']]), first: 'other.c:1: error' };
    expect(
      compareHelpers(['fuse_test', 'fuse_mnt', 'sub/tool', 'lib.sh'], new Set(['fuse_test', 'tool']), errors),
    ).toEqual([
      { name: 'fuse_test' },
      { name: 'fuse_mnt', missing: 'fuse_mnt.c:17: error' },
      { name: 'tool' },
      { name: 'lib.sh', missing: 'the Makefile names it, but does not install it' },
    ]);
  });
});

describe('withoutEmpty', () => {
  it('takes an empty program for one that was not made', () => {
    const missing = { name: 'run_vmtests.sh', missing: 'make made an empty file' };
    expect(withoutEmpty(target, new Set(['mm/run_vmtests.sh'])).programs).toEqual([missing]);
    expect(withoutEmpty(target, new Set(['vm/run_vmtests.sh']))).toEqual(target);
    const withHelper = { ...target, helpers: [{ name: 'cow' }] };
    expect(withoutEmpty(withHelper, new Set(['mm/cow'])).helpers).toEqual([{ name: 'cow', missing: missing.missing }]);
  });
});
