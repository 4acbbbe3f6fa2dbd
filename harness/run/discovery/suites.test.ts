import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unmetBySuite } from '../case/run-case.ts';
import { findCases } from './cases.ts';
import { suiteNames } from './suites.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kconform-suites-'));
  await mkdir(join(root, 'group/own/programs/net'), { recursive: true });
  await writeFile(
    join(root, 'group/own/suite.ts'),
    `import { suite } from 'kconform';
export default suite({
  kind: 'programs', about: 'own', folder: './programs', machine: { cpus: 2 },
  tests: {
    'net/two': { machine: { modules: ['veth'] }, known: [{ reason: 'it counts', cause: 'test', subtests: ['a b'] }] },
    three: { leftOut: 'it never ends' },
    'net/four': { slow: 'it takes an hour' },
  },
});`,
  );
  for (const name of ['one', 'net/two', 'net/four', 'three']) {
    const file = join(root, 'group/own/programs', name);
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o755);
  }
});
afterAll(() => rm(root, { recursive: true }));

describe('suites', () => {
  it('are found by their file', async () => {
    expect(await suiteNames(root)).toEqual(['group/own']);
  });

  it('are run only if they are named', async () => {
    await expect(findCases(root, [])).rejects.toThrow(/contains no case; suites are run if they are named: group\/own/);
  });

  it('make a case of each test, with its machine and what is known of it', async () => {
    const cases = await findCases(root, ['group/own'], { options: { memory: '1G' } });
    expect(cases.map(({ name }) => name)).toEqual([
      'group/own/net/four',
      'group/own/net/two',
      'group/own/one',
      'group/own/three',
    ]);
    const files = [`${join(root, 'group/own/programs')}:/opt/group-own`];
    expect(cases.map(({ machine }) => machine)).toEqual([
      { cpus: 2, memory: '1G', files },
      { cpus: 2, memory: '1G', modules: ['veth'], files },
      { cpus: 2, memory: '1G', files },
      { cpus: 2, memory: '1G', files },
    ]);
    expect(cases[1]?.loaded).toMatchObject({
      expectation: {
        knownBugs: [{ title: 'it counts (fault of the test)', fix: null, instead: { 'subtests["a b"]': 'fail' } }],
      },
    });
  });

  it('keep a test that is left out, with the reason', async () => {
    const [three, ...others] = await findCases(root, ['group/own/three']);
    expect(others).toEqual([]);
    expect(three?.loaded).toMatchObject({ leftOut: 'it never ends' });
    const [one] = await findCases(root, ['group/own/one']);
    expect(one?.loaded).not.toHaveProperty('leftOut');
  });

  it('run a slow test under emulation only if an argument names it alone', async () => {
    const reasons = async (wanted: string[], accelerator: string) =>
      (await findCases(root, wanted)).map(({ loaded }) =>
        loaded instanceof Error ? loaded : unmetBySuite(loaded, accelerator),
      );
    const slow = 'slow under software emulation, and not named alone: it takes an hour';
    expect(await reasons(['group/own/net'], 'tcg')).toEqual([slow, undefined]);
    expect(await reasons(['group/own/net'], 'kvm')).toEqual([undefined, undefined]);
    expect(await reasons(['group/own/net/four'], 'tcg')).toEqual([undefined]);
    expect(await reasons(['group/own/net', 'group/own/net/four'], 'tcg')).toEqual([undefined, undefined]);
  });

  it('are chosen in part by name or path', async () => {
    const below = async (wanted: string) => (await findCases(root, [wanted])).map(({ name }) => name);
    expect(await below('group/own/net/two')).toEqual(['group/own/net/two']);
    for (const wanted of ['group/own/net', join(root, 'group/own/net')])
      expect(await below(wanted)).toEqual(['group/own/net/four', 'group/own/net/two']);
  });

  it('name a test that they do not have', async () => {
    await expect(findCases(root, ['group/own/on'])).rejects.toMatchObject({
      code: 'KC_NO_SUCH_CASE',
      message: 'the suite group/own has no test "on"',
    });
  });
});
