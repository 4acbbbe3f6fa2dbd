import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'BPF_TOKEN_CREATE requires CAP_BPF in the user namespace that owns the bpffs, which must not be the initial one',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'token/create': ['inTheNamespace.root', 'inAnother.nestedOnItsOwn'],
    'token/create-cap-bpf': ['inTheNamespace.onlyCapBpf', 'inTheNamespace.userWithCapBpf'],
    'token/create-without-cap-bpf': [
      'inTheNamespace.allButCapBpf',
      'inTheNamespace.onlyCapSysAdmin',
      'inTheNamespace.noCapabilities',
    ],
    'quirk/strict-cap-bpf': ['inTheNamespace.onlyCapSysAdmin'],
    'token/create-other-userns': ['inAnother'],
    'token/create-initial-userns': ['ofTheInitialNamespace'],
  },
  outcome: {
    inTheNamespace: {
      root: null,
      onlyCapBpf: null,
      userWithCapBpf: null,
      allButCapBpf: 'EPERM',
      onlyCapSysAdmin: 'EPERM',
      noCapabilities: 'EPERM',
    },
    inAnother: {
      initialRoot: 'EPERM',
      nestedRoot: 'EPERM',
      parentRoot: 'EPERM', // it has every capability over the nested namespace
      nestedOnItsOwn: null,
    },
    ofTheInitialNamespace: {
      root: 'EOPNOTSUPP',
      nothingDelegated: 'EOPNOTSUPP', // before ENOENT
      onlyCapBpf: 'EOPNOTSUPP',
      allButCapBpf: 'EPERM',
      noCapabilities: 'EPERM',
    },
  },
  quirks: [
    {
      title: 'CAP_SYS_ADMIN does not include CAP_BPF when a token is created',
      documented: 'CAP_SYS_ADMIN includes CAP_BPF',
      link: 'https://man7.org/linux/man-pages/man7/capabilities.7.html',
      promised: { 'inTheNamespace.onlyCapSysAdmin': null },
    },
  ],
});
