import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the wildcard address conflicts with every address at the port, however many there are',
  needs: { config: ['INET'] },
  outcome: {
    specific: [null],
    again: ['EADDRINUSE'],
    wildcard: 'EADDRINUSE',
  },
  knownBugs: [
    {
      title: 'with more than ten sockets at the port the conflict is not found',
      fix: 'udp: Fix wildcard bind conflict check when using hash2',
      fixedIn: ['6.12.80'],
      instead: { wildcard: null },
    },
  ],
});
