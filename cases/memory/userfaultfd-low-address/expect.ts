import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'userfaultfd registers memory below vm.mmap_min_addr that could be mapped',
  needs: { config: ['USERFAULTFD'] },
  outcome: {
    api: null,
    mapLow: null,
    mapHigh: null,
    registerLow: null,
    registerHigh: null,
  },
  knownBugs: [
    {
      title: 'a range below vm.mmap_min_addr is refused',
      fix: 'userfaultfd: allow registration of ranges below mmap_min_addr',
      fixedIn: ['6.12.86'],
      instead: { registerLow: 'EINVAL' },
    },
  ],
});
