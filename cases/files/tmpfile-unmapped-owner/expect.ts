import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'O_TMPFILE fails with EOVERFLOW, as O_CREAT does, if the file system has no id for the owner',
  needs: { config: ['USER_NS', 'TMPFS'] },
  outcome: {
    mounted: null,
    named: 'EOVERFLOW',
    unnamed: 'EOVERFLOW',
    own: null,
  },
  knownBugs: [
    {
      title: 'a file without a valid owner is created',
      fix: 'fs: refuse O_TMPFILE creation with an unmapped fsuid or fsgid',
      fixedIn: ['6.12.97'],
      instead: { unnamed: null },
    },
  ],
});
