import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a file of binfmt_misc cannot be the interpreter of a rule, which would keep its own instance for ever',
  versions: ['6.7'],
  machine: { modules: ['binfmt_misc'] },
  outcome: {
    mounted: null,
    executable: null,
    registered: 'EACCES',
    inInitial: 'ENOENT',
    executed: 'EACCES',
  },
  knownBugs: [
    {
      title: 'the rule is accepted',
      fix: "binfmt_misc: don't let an 'F' entry pin its own instance",
      fixedIn: ['6.12.103'],
      instead: { registered: null, executed: 'EINVAL' },
    },
  ],
});
