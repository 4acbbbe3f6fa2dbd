import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a context for overlayfs cannot be completed from another user namespace, which is no fault of the kernel',
  versions: ['6.5'],
  machine: { modules: ['overlay'] },
  outcome: { created: 'EIO', byItself: null },
  knownBugs: [
    {
      title: 'the kernel warns',
      fix: "ovl: don't warn when the mount is completed from another user namespace",
      fixedIn: ['6.12.104'],
      instead: {},
      splats: [{ kind: 'WARNING', frame: 'ovl_fill_super' }],
    },
  ],
});
