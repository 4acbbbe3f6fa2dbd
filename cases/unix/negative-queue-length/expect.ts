import { expectation } from 'kconform';

export default expectation({
  about: 'net.unix.max_dgram_qlen refuses negative values',
  needs: { config: ['UNIX'] },
  outcome: {
    negative: 'refused',
    zero: 'accepted',
    ten: 'accepted',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'a negative length is accepted',
      fix: 'net: unix: reject negative max_dgram_qlen values',
      fixedIn: ['6.12.117'],
      instead: { negative: 'accepted' },
    },
  ],
});
