import { atMost, expectation } from 'kconform';
import { sinceDelegation } from '../since.ts';
import type scenario from './scenario.ts';

/** Measured: at most 16 KiB on a kernel with the fix. */
const KEPT = atMost(150);

export default expectation<typeof scenario>({
  about: 'fsconfig frees the string of a delegation option: thousands of calls leave no slab object behind',
  commit: '1f97c03f43fa',
  source: 'https://git.kernel.org/torvalds/c/1f97c03f43fa',
  versions: ['6.1'],
  needs: { withoutConfig: ['KASAN'] }, // which holds freed memory back (mm/kasan/quarantine.c)
  behaviours: {
    'strings/freed-number': ['accepted'],
    'strings/freed-refused': ['rejected'],
    'strings/freed-owner': ['neverParsed'],
  },
  outcome: {
    accepted: { iterations: 2000, failures: 0, errno: null, grownKiB: KEPT },
    rejected: {
      iterations: 2000,
      failures: sinceDelegation(0, 2000),
      errno: sinceDelegation(null, 'EINVAL'),
      grownKiB: KEPT,
    },
    neverParsed: { iterations: 2000, failures: 0, errno: null, grownKiB: KEPT },
  },
});
