import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'io_uring refuses a timeout with a value in a field that it does not use',
  needs: { config: ['IO_URING'] },
  versions: ['6.6'],
  outcome: {
    // -ETIME: it has expired.
    plain: [-62],
    unusedField: [-22],
  },
  knownBugs: [
    {
      title: 'the field is ignored',
      fix: 'io_uring/timeout: check unused sqe fields',
      fixedIn: ['6.12.86'],
      instead: { unusedField: [-62] },
    },
  ],
});
