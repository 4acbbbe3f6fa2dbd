import { expectation } from 'kconform';

export default expectation({
  about: 'net.ipv4.tcp_reordering is at least 1 and at most tcp_max_reordering',
  needs: { config: ['INET'] },
  outcome: {
    three: 'accepted',
    zero: 'refused',
    aboveMaximum: 'refused',
    maximumZero: 'refused',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'any number is accepted',
      fix: 'net: ipv4: bound TCP reordering sysctl writes and MTU probe sizes',
      fixedIn: ['6.12.96'],
      instead: { zero: 'accepted', aboveMaximum: 'accepted', maximumZero: 'accepted' },
    },
  ],
});
