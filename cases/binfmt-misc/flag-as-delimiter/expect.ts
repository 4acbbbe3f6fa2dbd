import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a letter that is a flag cannot separate the fields of a rule, since the scan of the flags would not stop at it',
  machine: { modules: ['binfmt_misc'] },
  outcome: {
    colon: null,
    letter: null,
    flag: 'EINVAL',
    otherFlag: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'a flag is accepted as the delimiter',
      fix: 'binfmt_misc: reject a flag character as the field delimiter',
      fixedIn: ['6.12.103'],
      instead: { flag: null, otherFlag: null },
    },
  ],
});
