import { expectation } from 'kconform';
import { LSM_CONFIG } from '../lsm.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a token is freed, and security modules are called, when it is closed and the last program loaded with it is gone, or when no descriptor is free for it',
  commit: ['35f96de04127', 'caf8f28e036c', 'f568a3d49af9'],
  source: 'https://git.kernel.org/torvalds/c/f568a3d49af9',
  versions: ['6.9'],
  needs: { config: [...LSM_CONFIG, 'NET'], files: ['/sys/kernel/tracing/trace'] },
  behaviours: { 'lsm/free': 'all', 'token/freed': 'all' },
  outcome: {
    whileOpen: 0,
    closed: 1,
    heldByProgram: 2,
    programGone: 3,
    withoutDescriptor: { refused: 'EMFILE', freed: 4 },
  },
});
