import { expectation } from 'kconform';

export default expectation({
  about: 'a file of a lower layer with an empty security.capability can be copied up',
  machine: { modules: ['overlay'] },
  outcome: { set: null, plain: null, empty: null, exitCode: 0, signal: null, output: '' },
  knownBugs: [
    {
      title: 'the file cannot be changed',
      fix: 'ovl: skip copy up of empty security.capability',
      fixedIn: ['6.12.117'],
      instead: { empty: 'EINVAL' },
    },
  ],
});
