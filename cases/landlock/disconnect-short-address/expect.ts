import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a Landlock domain does not change how a TCP socket is disconnected by an address of two bytes',
  source: 'Landlock mailing list, October 2025',
  needs: { config: ['SECURITY_LANDLOCK'], features: ['landlock'] },
  versions: ['6.7'],
  outcome: {
    before: { disconnect: null },
    restricted: { noNewPrivileges: null, restrict: null },
    inDomain: { disconnect: null },
  },
  knownBugs: [
    {
      title: 'in a domain that handles connect, the address must have 16 bytes',
      fix: 'landlock: Fix TCP handling of short AF_UNSPEC addresses',
      fixedIn: ['6.12.92'],
      instead: { 'inDomain.disconnect': 'EINVAL' },
    },
  ],
});
