import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_BTF_LOAD with a token requires the command to be delegated and CAP_BPF in the user namespace',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/9ea7c4bf17e3',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: {
    'token-btf/delegated': ['token.delegated', 'capabilities'],
    'token-btf/not-delegated': ['token.commandNotDelegated', 'token.none', 'noBtf'],
    'token-btf/without-flag': ['token.withoutFlag'],
    'token-btf/bad-token': ['token.closed', 'token.negative', 'token.directory', 'token.btf'],
    'token-btf/flags': ['flags'],
    'scope/capability-in-userns': ['capabilities'],
    'scope/initial-root': ['initialRoot'],
  },
  outcome: {
    token: {
      delegated: null,
      commandNotDelegated: 'EPERM',
      none: 'EPERM',
      withoutFlag: 'EPERM',
      closed: 'EBADF',
      negative: 'EBADF',
      directory: 'EINVAL',
      btf: 'EINVAL',
    },
    flags: { lowest: 'EINVAL', tokenFdAndLowest: 'EINVAL', nextAfterTokenFd: 'EINVAL' },
    capabilities: { onlyBpf: null, onlySysAdmin: null, allButBoth: 'EPERM', none: 'EPERM' },
    noBtf: { permitted: 'EINVAL', notPermitted: 'EPERM' },
    initialRoot: { commandNotDelegated: null, closed: 'EBADF' },
  },
});
