import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a context for binfmt_misc cannot be completed from another user namespace, which is no fault of the kernel',
  versions: ['6.7'],
  machine: { modules: ['binfmt_misc'] },
  outcome: { created: 'EINVAL', byItself: null },
  knownBugs: [
    {
      title: 'the kernel warns',
      fix: "binfmt_misc: don't warn when the mount is completed from another user namespace",
      fixedIn: ['6.12.104'],
      instead: {},
      splats: [{ kind: 'WARNING', frame: 'bm_fill_super' }],
    },
  ],
});
