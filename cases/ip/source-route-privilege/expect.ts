import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'IP options for source routes require CAP_NET_RAW',
  needs: { config: ['INET'] },
  outcome: {
    loose: 'EPERM',
    strict: 'EPERM',
    record: null,
  },
  knownBugs: [
    {
      title: 'any user can set them',
      fix: 'ipv4: restrict IPOPT_SSRR and IPOPT_LSRR options',
      fixedIn: ['6.12.94'],
      instead: { loose: null, strict: null },
    },
  ],
});
