import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'memory that the kernel may drop is not locked, not even after mlockall(MCL_FUTURE)',
  versions: ['6.11'],
  outcome: {
    calls: { lockFuture: null, ordinary: null, droppable: null },
    ordinaryLocked: true,
    droppableLocked: false,
  },
  knownBugs: [
    {
      title: 'mlockall(MCL_FUTURE) locks it',
      fix: 'mm: prevent droppable mappings from being locked',
      fixedIn: ['6.12.86'],
      instead: { droppableLocked: true },
    },
  ],
});
