import { atMost, containing, expectation } from 'kconform';
import { LSM_CONFIG } from '../lsm.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'security modules are called before a token is created and for access to the directory; their error is returned',
  commit: ['35f96de04127', 'f568a3d49af9'],
  source: 'https://git.kernel.org/torvalds/c/f568a3d49af9',
  versions: ['6.9'],
  needs: { config: LSM_CONFIG },
  behaviours: {
    'lsm/create': ['before', 'accessDenied', 'notPermitted', 'after', 'directory'],
    'lsm/allow': ['allowed'],
    'memory/refused-tokens': ['filesKept'],
    'lsm/return-range': ['positive'],
  },
  outcome: {
    before: null,
    accessDenied: 'EACCES',
    notPermitted: 'EPERM',
    allowed: null,
    after: null,
    filesKept: { failures: 1000, grown: atMost(500) }, // the kernel counts roughly: 32 more or less for each CPU
    positive: { errno: 'EINVAL', log: containing('should have been in [-4095, 0]') },
    directory: { accessDenied: 'EACCES', nothingElseAsked: null },
  },
});
