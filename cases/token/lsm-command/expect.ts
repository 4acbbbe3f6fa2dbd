import { expectation } from 'kconform';
import { LSM_CONFIG } from '../lsm.ts';
import type scenario from './scenario.ts';

const ALLOWED = { create: null, map: null, program: null, btf: null } as const;

export default expectation<typeof scenario>({
  about:
    'security modules are called with the command each time a token is used; if one refuses, the token is not used',
  commit: ['35f96de04127', 'f568a3d49af9'],
  source: 'https://git.kernel.org/torvalds/c/f568a3d49af9',
  versions: ['6.9'],
  needs: { config: LSM_CONFIG },
  behaviours: { 'lsm/command': 'all', 'lsm/allow': ['allAllowed'] },
  outcome: {
    allAllowed: ALLOWED,
    allRefused: { create: null, map: 'EPERM', program: 'EPERM', btf: 'EPERM' },
    mapRefused: { ...ALLOWED, map: 'EPERM' },
    programRefused: { ...ALLOWED, program: 'EPERM' },
    btfRefused: { ...ALLOWED, btf: 'EPERM' },
    otherRefused: ALLOWED,
  },
});
