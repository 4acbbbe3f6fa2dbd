import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'kmemleak finds no string that was given to fsconfig for a delegation option',
  commit: '1f97c03f43fa',
  source: 'https://git.kernel.org/torvalds/c/1f97c03f43fa',
  versions: ['6.9'],
  needs: { config: ['DEBUG_KMEMLEAK'], features: ['kmemleak'] },
  limitMs: 60_000,
  outcome: { any: 0, names: 0, rejected: 0 },
});
