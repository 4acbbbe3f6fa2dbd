import { expect, test } from 'vitest';
import { KconformError } from '../errors/error.ts';
import { expectation } from '../expect/expectation.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { type PlannedKernel, planKernels } from '../kernels/resolve.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import { scenario } from '../scenario/api/scenario.ts';
import type { Case } from './discovery/cases.ts';
import type { CaseResult, RunEvent } from './events.ts';
import { run } from './run.ts';

const testCase: Case = {
  name: 'group/release',
  argument: 'group/release',
  folder: '/nowhere',
  machine: DEFAULT_MACHINE,
  loaded: {
    scenario: scenario(async ({ guest }) => ({ release: (await guest.$`uname -r`).stdout.trim() })),
    expectation: expectation({ about: 'a', commit: 'b', outcome: { release: '6.12.57+deb12-cloud-amd64' } }),
  },
};

test('a kernel that cannot be had, or cannot boot, costs itself alone', async () => {
  const [good] = await planKernels(['6.12.57']);
  if (good === undefined) throw new Error('6.12.57 is published');
  const unpublished: PlannedKernel = {
    id: 'unpublished',
    spec: '6.12.99',
    version: '6.12.99',
    package: 'linux-image-6.12.99=6.12.99-1',
    obtain: async () => {
      throw new KconformError('could not download it', { code: 'KC_DOWNLOAD', blame: 'host' });
    },
  };
  const noKernel: PlannedKernel = {
    ...good,
    id: 'true',
    spec: './true',
    version: 'true',
    obtain: async () => ({
      ...(await good.obtain()),
      id: 'true',
      spec: './true',
      vmlinux: '/bin/true',
      sha256: 'true',
    }),
  };
  const events: RunEvent[] = [];
  const results = await run({
    kernels: [unpublished, good, noKernel],
    cases: [testCase],
    boot: {},
    accelerator: undefined,
    isolation: 'clone',
    jobs: 1,
    leaks: false,
    version: 'test',
    ownOptions: ['--cases', 'my cases', '--isolation', 'clone'],
    reporters: [{ on: (event) => void events.push(event) }],
    signal: new AbortController().signal,
  });
  const told = results.flatMap(({ kernel, case: name, verdict, reason = '' }) =>
    name === testCase.name ? [[kernel.spec, verdict, reason.slice(0, 40)]] : [],
  );
  expect(told).toHaveLength(3); // in the order in which they ended
  expect(told).toEqual(
    expect.arrayContaining([
      ['6.12.99', 'ERROR', 'could not download it'],
      ['6.12.57', 'PASS', ''],
      ['./true', expect.stringMatching(/^(ERROR|FAIL)$/), expect.stringMatching(/./)],
    ]),
  );
  const boots = results.filter(({ case: name }) => name === BOOT).map(({ kernel, verdict }) => [kernel.spec, verdict]);
  expect(boots).toEqual([
    ['6.12.99', 'ERROR'],
    ['6.12.57', 'PASS'],
    ['./true', expect.stringMatching(/^(ERROR|FAIL)$/)],
  ]);
  const unpublishedCase = ({ kernel, case: name }: CaseResult) => kernel.spec === '6.12.99' && name === testCase.name;
  expect(results.find(unpublishedCase)).toMatchObject({
    blame: 'host',
    rerun: "npx kconform run group/release --kernel 6.12.99 --cases 'my cases' --isolation clone",
  });
  expect(events.filter(({ type }) => type === 'case-finished')).toHaveLength(6);
});

test('a run without a kernel that can be had is no run', async () => {
  const broken: PlannedKernel = {
    id: 'broken',
    spec: '6.12.99',
    version: '6.12.99',
    package: null,
    obtain: async () => {
      throw new KconformError('there is none', { code: 'KC_NO_SUCH_KERNEL', blame: 'host' });
    },
  };
  const options = {
    cases: [testCase],
    boot: {},
    accelerator: undefined,
    isolation: 'clone',
    jobs: 1,
    leaks: false,
  } as const;
  const rest = { version: 'test', ownOptions: [], reporters: [], signal: new AbortController().signal };
  await expect(run({ kernels: [broken], ...options, ...rest })).rejects.toMatchObject({ code: 'KC_NO_SUCH_KERNEL' });
});
