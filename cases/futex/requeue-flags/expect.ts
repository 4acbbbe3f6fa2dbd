import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'futex_requeue refuses two futexes with differing flags',
  commit: '19f94b390586',
  source: 'CVE-2026-31554',
  needs: { config: ['FUTEX'] },
  versions: ['6.7'],
  outcome: {
    bothShared: null,
    bothPrivate: null,
    differing: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'two futexes with differing flags are accepted',
      fix: 'futex: Require sys_futex_requeue() to have identical flags',
      fixedIn: ['6.12.80'],
      cve: ['CVE-2026-31554'],
      instead: { differing: null },
    },
  ],
});
