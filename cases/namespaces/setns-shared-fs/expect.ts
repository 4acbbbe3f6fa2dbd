import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'setns into a mount namespace fails for a process that shares its root and working directory',
  needs: { config: ['NAMESPACES'] },
  outcome: {
    own: null,
    shared: 'EINVAL',
    sharedWithAnother: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'it works if another namespace is entered as well',
      fix: 'mount: refuse setns() with a shared fs_struct again',
      fixedIn: ['6.12.117'],
      instead: { sharedWithAnother: null },
    },
  ],
});
