import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALLOWED = { mkdir: null, symlink: null, pin: null } as const;

export default expectation<typeof scenario>({
  about: 'even root of the guest cannot create files in a bpffs whose user namespace does not map its id',
  commit: '6fe01d3cbb92',
  source: 'https://docs.kernel.org/filesystems/idmappings.html',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: { 'privilege/unmapped-creator': 'all' },
  outcome: {
    unmapped: { byRoot: { mkdir: 'EOVERFLOW', symlink: 'EOVERFLOW', pin: 'EOVERFLOW' }, byChild: ALLOWED },
    mapped: { byRoot: ALLOWED, byChild: ALLOWED },
  },
});
