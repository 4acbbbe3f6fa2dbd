import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'io_uring refuses to sync from a negative offset',
  needs: { config: ['IO_URING'] },
  versions: ['6.6'],
  outcome: {
    zero: 0,
    negative: -22,
  },
  knownBugs: [
    {
      title: 'a negative offset is accepted',
      fix: 'io_uring/sync: validate passed in offset',
      fixedIn: ['6.12.75'],
      instead: { negative: 0 },
    },
  ],
});
