import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'files of the memory of a process that has none cannot be opened; maps is empty',
  outcome: {
    maps: null,
    mem: 'ESRCH',
    pagemap: 'ESRCH',
    environ: 'ESRCH',
  },
  knownBugs: [
    {
      title: 'they can be opened',
      fix: 'proc: fix the issue of proc_mem_open returning NULL',
      fixedIn: ['6.12.59'],
      instead: { mem: null, pagemap: null, environ: null },
    },
  ],
});
