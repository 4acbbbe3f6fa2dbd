import { expectation } from 'kconform';

export default expectation({
  about: 'fremovexattr with a name that it refuses does not keep the file open',
  outcome: {
    wrongName: 'ERANGE',
    unmounted: null,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the file stays open for ever, and the mount is busy',
      fix: 'xattr: switch to CLASS(fd)',
      cve: ['CVE-2024-14027'],
      fixedIn: ['6.12.77'],
      instead: { unmounted: 'EBUSY' },
    },
  ],
});
