import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'translating a pid that does not exist into another pid namespace fails with ESRCH',
  commit: '725ecd80688b',
  source: 'linux-fsdevel, May 2026',
  needs: { config: ['PID_NS'] },
  versions: ['6.11'],
  outcome: {
    own: true,
    nobody: 'ESRCH',
    nobodyThere: 'ESRCH',
  },
  knownBugs: [
    {
      title: 'the error says that the ioctl is unknown',
      fix: 'nsfs: fix wrong error code returned for pidns ioctls',
      fixedIn: ['6.12.92'],
      instead: { nobody: 'ENOTTY', nobodyThere: 'ENOTTY' },
    },
  ],
});
