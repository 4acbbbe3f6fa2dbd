import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'io_uring polls network devices for at most 10 ms',
  versions: ['6.9'],
  needs: { config: ['IO_URING', 'NET_RX_BUSY_POLL'] },
  outcome: {
    registered: null,
    microseconds: 10_000,
  },
  knownBugs: [
    {
      title: 'any time is accepted',
      fix: 'io_uring/napi: cap busy_poll_to 10 msec',
      fixedIn: ['6.12.114'],
      cve: ['CVE-2026-53321'],
      instead: { microseconds: 50_000 },
    },
  ],
});
