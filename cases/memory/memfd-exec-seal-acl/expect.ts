import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'F_SEAL_EXEC keeps a memfd from being made executable, by its mode and by an ACL',
  versions: ['6.3'],
  needs: { config: ['TMPFS_POSIX_ACL'] },
  outcome: {
    calls: { chmod: 'EPERM', withoutExecution: null, withExecution: 'EPERM' },
    executable: false,
  },
  knownBugs: [
    {
      title: 'an ACL makes it executable',
      fix: 'mm/shmem: honour F_SEAL_EXEC when an ACL is set',
      fixedIn: ['6.12.118'],
      instead: { 'calls.withExecution': null, executable: true },
    },
  ],
});
