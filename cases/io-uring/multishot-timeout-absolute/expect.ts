import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a multishot timeout of io_uring cannot be changed to an absolute time, as it cannot be created with one',
  needs: { config: ['IO_URING'] },
  versions: ['6.6'],
  outcome: {
    relative: [0],
    absolute: [-22],
  },
  knownBugs: [
    {
      title: 'it is accepted',
      fix: 'io_uring/timeout: no ABS update of multishot timeouts',
      fixedIn: ['6.12.115'],
      instead: { absolute: [0] },
    },
  ],
});
