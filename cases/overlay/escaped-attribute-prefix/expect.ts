import { expectation } from 'kconform';

export default expectation({
  about: 'overlayfs hides its own attributes, and shows those that are escaped without the escape',
  versions: ['6.7'],
  machine: { modules: ['overlay'] },
  outcome: {
    other: true,
    escaped: true,
    mangled: false,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'an own attribute whose name only begins like an escaped one is shown with its name cut',
      fix: 'ovl: fix trusted xattr escape prefix matching',
      fixedIn: ['6.12.101'],
      instead: { mangled: true },
    },
  ],
});
