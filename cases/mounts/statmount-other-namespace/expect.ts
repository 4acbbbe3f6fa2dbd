import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'statmount of a mount in another mount namespace requires CAP_SYS_ADMIN over it, and fails with EPERM without',
  versions: ['6.11'],
  outcome: {
    root: { statmount: null },
    user: { statmount: 'EPERM' },
  },
  knownBugs: [
    {
      title: 'it fails with ENOENT, as if there were no such namespace',
      fix: 'statmount: permission check should return EPERM',
      fixedIn: ['6.12.75'],
      instead: { 'user.statmount': 'ENOENT' },
    },
  ],
});
