import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a Landlock domain that may not connect cannot connect by TCP Fast Open either',
  needs: { config: ['SECURITY_LANDLOCK'], features: ['landlock'] },
  versions: ['6.7'],
  outcome: {
    listening: { bind: null, listen: null },
    restricted: { noNewPrivileges: null, restrict: null },
    inDomain: { connect: 'EACCES', fastOpen: 'EACCES' },
  },
  knownBugs: [
    {
      title: 'sendto with MSG_FASTOPEN connects',
      fix: 'landlock: Fix TCP Fast Open connection bypass',
      fixedIn: ['6.12.112'],
      instead: { 'inDomain.fastOpen': null },
    },
  ],
});
