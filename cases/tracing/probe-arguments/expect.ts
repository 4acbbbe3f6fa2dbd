import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a text in the definition of a probe must be closed, and the number of an argument begins with 1',
  versions: ['5.1'],
  needs: { config: ['KPROBE_EVENTS'] },
  outcome: {
    closed: null,
    notClosed: 'EINVAL',
    first: null,
    beforeFirst: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'a quotation mark alone is accepted',
      fix: 'tracing/probe: reject non-closed empty immediate strings',
      fixedIn: ['6.12.83'],
      instead: { notClosed: null },
    },
  ],
});
