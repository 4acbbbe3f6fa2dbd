import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'F_SEAL_EXEC of an executable memfd implies F_SEAL_WRITE, and so fails while a writable mapping exists',
  commit: '3b041514cb6e',
  source: 'linux-mm, May 2026',
  needs: { config: ['MEMFD_CREATE'] },
  versions: ['6.3'],
  outcome: {
    mapped: null,
    whileMapped: { exec: 'EBUSY', write: 'EBUSY' },
    read: null,
    unmapped: { exec: null },
  },
  knownBugs: [
    {
      title: 'the memfd is sealed although it can still be written',
      fix: 'memfd: deny writeable mappings when implying SEAL_WRITE',
      fixedIn: ['6.12.93'],
      instead: { 'whileMapped.exec': null, 'whileMapped.write': null },
    },
  ],
});
