import { atMost, byConfig, expectation } from 'kconform';
import type scenario from './scenario.ts';

const noMemory = { errors: 'ENOMEM', doneWithout: 0, left: 0, otherwise: null };
/** What the names of two iterators take, which a mount does without. */
const PRELOADED = 6;
/** ENOSPC is returned if no inode can be allocated. */
const noMemoryOrRoom = { errors: 'ENOMEM, ENOSPC', doneWithout: 0, left: 0, otherwise: null };

export default expectation<typeof scenario>({
  about:
    'when an allocation fails, mounting, pinning, getting, reading and creating a token fail and leave no name or descriptor',
  commit: ['d2935de7e4fd', '35f96de04127'],
  source: 'https://docs.kernel.org/fault-injection/fault-injection.html',
  versions: ['6.9'], // tokens
  needs: {
    config: ['FAILSLAB', 'FAULT_INJECTION_DEBUG_FS', 'USER_NS'],
    withoutConfig: ['DEBUG_KMEMLEAK', 'DEBUG_OBJECTS', 'MEM_ALLOC_PROFILING', 'FAULT_INJECTION_USERCOPY'],
  }, // which allocate for themselves, or fail more
  behaviours: {
    'memory/exhausted': 'all',
    'quirk/no-memory': ['directory', 'symlink', 'pinned', 'token.errors'],
    'quirk/preload-errors': ['mounted.doneWithout'],
  },
  outcome: {
    contextOpened: noMemory,
    optionSet: { ...noMemory, left: null },
    mounted: { ...noMemory, left: null, doneWithout: byConfig('BPF_PRELOAD_UMD', PRELOADED, 0) },
    directory: noMemoryOrRoom,
    symlink: noMemoryOrRoom,
    pinned: noMemoryOrRoom,
    objGet: noMemory,
    read: noMemory,
    token: noMemoryOrRoom,
    // Some 2000 were one of their large allocations left each time.
    grown: { symlink: atMost(1000), read: atMost(1000) },
  },
});
