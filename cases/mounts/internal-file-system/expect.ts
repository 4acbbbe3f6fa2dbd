import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'fsmount refuses file systems that are internal to the kernel, as mount does',
  outcome: {
    tmpfs: { created: null, mounted: null },
    pipefs: { created: null, mounted: 'EINVAL' },
    sockfs: { created: null, mounted: 'EINVAL' },
  },
  knownBugs: [
    {
      title: 'internal file systems can be mounted',
      fix: 'mount: honour SB_NOUSER in the new mount API',
      fixedIn: ['6.12.104'],
      instead: { 'pipefs.mounted': null, 'sockfs.mounted': null },
    },
  ],
});
