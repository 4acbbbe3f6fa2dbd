import { atLeast, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'locked memory that MREMAP_DONTUNMAP moved is not counted after it was unmapped',
  outcome: {
    calls: { map: null, lock: null, moveMiddle: null, unmapOld: null, unmapNew: null },
    lockedKiB: 0,
  },
  knownBugs: [
    {
      title: 'pages stay counted as locked for the life of the process',
      fix: 'mm/mremap: fix locked_vm leak by splitting VMA for MREMAP_DONTUNMAP',
      fixedIn: ['6.12.114'],
      instead: { lockedKiB: atLeast(4) },
    },
  ],
});
