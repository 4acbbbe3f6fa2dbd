import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'SIOCATMARK works on UNIX stream sockets only, which alone have out-of-band data',
  needs: { config: ['UNIX', 'AF_UNIX_OOB'] },
  outcome: {
    stream: null,
    datagram: 'EOPNOTSUPP',
    packets: 'EOPNOTSUPP',
  },
  knownBugs: [
    {
      title: 'it answers for datagram sockets, too',
      fix: 'af_unix: Reject SIOCATMARK on non-stream sockets',
      fixedIn: ['6.12.88'],
      instead: { datagram: null, packets: null },
    },
  ],
});
