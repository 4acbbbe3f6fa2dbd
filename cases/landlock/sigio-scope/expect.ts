import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a Landlock domain that is separated for signals cannot send SIGIO to processes outside, not even in its process group',
  needs: { config: ['SECURITY_LANDLOCK'], features: ['landlock'] },
  versions: ['6.12'],
  outcome: {
    setUp: { group: null, block: null, join: null, ignore: null },
    inDomain: { restrict: null, kill: 'EPERM', own: null, signal: null, async: null, write: null },
    received: false,
  },
  knownBugs: [
    {
      title: 'the process group of the owner receives the signal',
      fix: 'landlock: Fix LANDLOCK_SCOPE_SIGNAL bypass on the SIGIO path',
      fixedIn: ['6.12.101'],
      instead: { received: true },
    },
  ],
});
