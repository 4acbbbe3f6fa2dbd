import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'only CAP_SYS_ADMIN in the initial namespaces can go from one mount namespace to the next',
  needs: { config: ['NAMESPACES'] },
  versions: ['6.12'],
  outcome: {
    others: true,
    // The initial namespace is the first one.
    root: { info: null, next: null, previous: 'ENOENT' },
    user: { info: null, next: 'EPERM', previous: 'EPERM' },
  },
  knownBugs: [
    {
      title: 'any user can, and finds those that it may enter',
      fix: 'nsfs: tighten permission checks for ns iteration ioctls',
      fixedIn: ['6.12.78'],
      instead: { 'user.next': 'ENOENT', 'user.previous': 'ENOENT' },
    },
  ],
});
