import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'msg_next_id allocates no id beyond the range of ids',
  commit: 'fa0b9b2b7ae3',
  source: 'linux-kernel, May 2026',
  needs: { config: ['CHECKPOINT_RESTORE'] },
  outcome: {
    first: { value: 32767, errno: null },
    second: { value: -1, errno: 'ENOSPC' },
  },
  knownBugs: [
    {
      title: 'the queue gets an id beyond the range',
      fix: 'ipc: limit next_id allocation to the valid ID range',
      fixedIn: ['6.12.93'],
      instead: { second: { value: 32768, errno: null } },
    },
  ],
});
