import { expectation } from 'kconform';

export default expectation({
  about: 'net.ipv4.tcp_rmem refuses buffers below 4096 bytes',
  needs: { config: ['INET'] },
  outcome: {
    tooSmall: 'refused',
    smallest: 'accepted',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'a buffer of one byte can be set',
      fix: 'tcp: do not let tcp_rmem be set below 4096',
      fixedIn: ['6.12.112'],
      instead: { tooSmall: 'accepted' },
    },
  ],
});
