import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a tmpfs with noswap can be remounted with another size, and keeps noswap',
  commit: '3cd1548a278c',
  source: 'https://github.com/systemd/systemd/issues/39637',
  needs: { config: ['TMPFS'] },
  versions: ['6.4'],
  outcome: {
    mounted: ['noswap', 'size=1024k'],
    remount: null,
    remounted: ['noswap', 'size=2048k'],
    reconfigure: null,
    reconfigured: ['noswap', 'size=3072k'],
  },
  knownBugs: [
    {
      title: 'a remount that does not name noswap is refused',
      fix: 'shmem: fix tmpfs reconfiguration (remount) when noswap is set',
      fixedIn: ['6.12.60'],
      instead: {
        remount: 'EINVAL',
        remounted: ['noswap', 'size=1024k'],
        reconfigure: 'EINVAL',
        reconfigured: ['noswap', 'size=1024k'],
      },
    },
  ],
});
