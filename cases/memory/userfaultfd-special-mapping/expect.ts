import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'userfaultfd refuses mappings of the kernel, such as the vDSO',
  needs: { config: ['USERFAULTFD'] },
  versions: ['6.7'],
  outcome: {
    found: true,
    api: null,
    vdso: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'the vDSO can be registered for asynchronous write protection',
      fix: 'userfaultfd: prevent registration of special VMAs',
      fixedIn: ['6.12.105'],
      cve: ['CVE-2026-68166'],
      instead: { vdso: null },
    },
  ],
});
