import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a ping through a ping socket counts as one message, and its answer as another',
  needs: { config: ['INET'] },
  outcome: {
    calls: { send: null, receive: null },
    out: 2,
    requests: 1,
    answers: 1,
  },
  knownBugs: [
    {
      title: 'the request is counted twice',
      fix: 'inet: ping: Fix icmp out counting',
      fixedIn: ['6.12.66'],
      instead: { out: 3, requests: 2 },
    },
  ],
});
