import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'an offset of a time namespace has 0 to 999999999 nanoseconds',
  needs: { config: ['TIME_NS'] },
  outcome: {
    unshared: null,
    valid: null,
    tooMany: 'EINVAL',
    negative: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'a negative number of nanoseconds is accepted',
      fix: 'time/namespace: Validate nanosecond field in proc_timens_set_offset()',
      fixedIn: ['6.12.114'],
      cve: ['CVE-2026-93146'],
      instead: { negative: null },
    },
  ],
});
