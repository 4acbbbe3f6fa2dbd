import { expectation } from 'kconform';

export default expectation({
  about: 'a keyring takes no key after its restriction, also if the key was on its way',
  source: 'https://man7.org/linux/man-pages/man3/keyctl_restrict_keyring.3.html',
  needs: { config: ['KEYS'] },
  machine: { cpus: 2 },
  outcome: {
    addedLater: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'add_key looks at the restriction before it locks the keyring',
      fix: 'KEYS: Fix add_key() race with keyring restriction',
      fixedIn: ['6.12.113'],
      instead: { addedLater: true, exitCode: 1 },
    },
  ],
  race: { hits: 46, runs: 50, kernel: '6.12.111' },
});
