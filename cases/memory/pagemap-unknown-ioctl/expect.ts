import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'an ioctl that pagemap does not know fails with ENOTTY, as for any file',
  needs: { config: ['PROC_PAGE_MONITOR'] },
  outcome: {
    pagemap: 'ENOTTY',
    environ: 'ENOTTY',
  },
  knownBugs: [
    {
      title: 'it fails with EINVAL',
      fix: 'fs/proc/task_mmu: return -ENOTTY for unknown pagemap ioctls',
      fixedIn: ['6.12.118'],
      instead: { pagemap: 'EINVAL' },
    },
  ],
});
