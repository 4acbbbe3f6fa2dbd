import { expectation } from 'kconform';

export default expectation({
  about: 'an AF_ALG socket refuses a write while another one waits for room',
  machine: { modules: ['algif_skcipher', 'aes_generic'] },
  outcome: {
    second: 'EBUSY',
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it is not refused for that, but for what the first has not yet set',
      fix: 'crypto: af_alg - Disallow concurrent writes in af_alg_sendmsg',
      fixedIn: ['6.12.49'],
      instead: { second: 'EINVAL' },
    },
  ],
});
