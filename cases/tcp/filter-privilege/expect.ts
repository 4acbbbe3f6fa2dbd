import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'SO_ATTACH_FILTER of a TCP socket requires CAP_NET_ADMIN',
  needs: { config: ['INET'] },
  outcome: {
    tcp: 'EPERM',
    udp: null,
  },
  knownBugs: [
    {
      title: 'any user can filter what a TCP socket receives',
      fix: 'tcp: restrict SO_ATTACH_FILTER to priv users',
      fixedIn: ['6.12.94'],
      instead: { tcp: null },
    },
  ],
});
