import { expect, test } from 'vitest';
import { planKernels } from '../../harness/kernels/resolve.ts';
import { measureRate } from './cases.ts';
import { Samples } from './samples.ts';

test('the rate counts every case, although all have the same name', async () => {
  const [kernel] = await planKernels(['6.12']);
  if (kernel === undefined) throw new TypeError('there is no kernel 6.12');
  const samples = new Samples();
  const rate = { isolation: 'clone', jobs: 1, window: 2, samples: 2 } as const;
  await measureRate(kernel, rate, samples, { rate: 'casesPerMinute', share: 'share' }, new AbortController().signal);
  expect(samples.summaries().map(({ name, n }) => [name, n])).toEqual([
    ['casesPerMinute', 2],
    ['share', 2],
  ]);
});
