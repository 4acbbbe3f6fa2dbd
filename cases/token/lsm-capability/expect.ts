import { expectation } from 'kconform';
import { LSM_CONFIG } from '../lsm.ts';
import type scenario from './scenario.ts';

const ALLOWED = { map: null, program: null, btf: null } as const;
const REFUSED = { map: 'EPERM', program: 'EPERM', btf: 'EPERM' } as const;

/** Who uses no token is not the hook's concern. */
const initialRoot = ALLOWED;

export default expectation<typeof scenario>({
  about: 'security modules are called with the capability before a token stands in for it, and not without a token',
  commit: ['35f96de04127', 'f568a3d49af9'],
  source: 'https://git.kernel.org/torvalds/c/f568a3d49af9',
  versions: ['6.9'],
  needs: { config: LSM_CONFIG },
  behaviours: { 'lsm/capability': 'all', 'lsm/allow': ['allAllowed'] },
  outcome: {
    allAllowed: { child: ALLOWED, initialRoot },
    allRefused: { child: REFUSED, initialRoot },
    bpfRefused: { child: REFUSED, initialRoot },
    netAdminRefused: { child: { ...ALLOWED, program: 'EPERM' }, initialRoot },
    otherRefused: { child: ALLOWED, initialRoot },
  },
});
