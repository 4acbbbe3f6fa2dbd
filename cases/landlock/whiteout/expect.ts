import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a whiteout in a Landlock domain requires the right to make regular files, however it is made',
  needs: { config: ['SECURITY_LANDLOCK'], features: ['landlock'] },
  versions: ['5.19'],
  outcome: {
    before: { rename: null },
    restricted: { noNewPrivileges: null, restrict: null },
    inDomain: { file: 'EACCES', whiteout: 'EACCES', rename: 'EACCES' },
  },
  knownBugs: [
    {
      title: 'whiteouts can be made without it',
      fix: 'landlock: Require LANDLOCK_ACCESS_FS_MAKE_REG for whiteout creation',
      fixedIn: ['6.12.110'],
      cve: ['CVE-2026-89560'],
      instead: { 'inDomain.whiteout': null, 'inDomain.rename': null },
    },
  ],
});
