/** Machines that are at fault themselves: the kernel must not be blamed, and nothing may pass for them. */
import { expect, test } from 'vitest';
import { BOOT } from '../expect/judge/boot.ts';
import { type CaseText, judgeTexts, verdictsOf } from './machines.test-support.ts';

const trivial = (machine: string): CaseText => ({
  scenario: ['scenario.sh', 'true\n'],
  expect: `machine: ${machine}, outcome: { output: '', exitCode: 0, signal: null }`,
});

test('parameters that no kernel survives are the fault of the case', async () => {
  const results = await judgeTexts({
    'own/fine': trivial('{}'),
    'own/deadly': trivial("{ kernelParameters: ['initcall_blacklist=populate_rootfs'] }"),
  });
  expect(verdictsOf(results)).toEqual({
    [BOOT]: 'PASS',
    'own/fine': 'PASS',
    'own/deadly': expect.stringMatching(
      /^ERROR no guest boots on the machine asked for \(initcall_blacklist\S+\), but on/,
    ),
  });
});

test('a taint at the boot of one machine is reported with that machine, and how to see it again', async () => {
  const results = await judgeTexts({
    'own/fine': trivial('{}'),
    'own/tainted': trivial("{ kernelParameters: ['clearcpuid=avx'] }"),
  });
  expect(results.get(BOOT)).toMatchObject({
    verdict: 'FAIL',
    reason: expect.stringContaining('taint'),
    machine: { kernelParameters: ['clearcpuid=avx'] },
    rerun: expect.stringContaining('--kernel-parameter clearcpuid=avx'),
  });
});
