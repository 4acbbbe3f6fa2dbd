import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'an immutable file refuses a write hint',
  versions: ['6.6'],
  outcome: {
    ordinary: null,
    makeImmutable: null,
    immutable: 'EPERM',
  },
  knownBugs: [
    {
      title: 'the hint is set',
      fix: 'fcntl: refuse F_SET_RW_HINT on an immutable inode',
      fixedIn: ['6.12.114'],
      instead: { immutable: null },
    },
  ],
});
