import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'BPF_MAP_CREATE with a token requires the command and the map type to be delegated, and CAP_BPF in the user namespace',
  commit: 'a177fc2bf6fd',
  source: 'https://git.kernel.org/torvalds/c/a177fc2bf6fd',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: {
    'token-map/delegated': ['token.delegated'],
    'token-map/not-delegated': ['token.typeNotDelegated', 'token.noMaps'],
    'scope/commands': ['token.commandNotDelegated'],
    'scope/empty-commands': ['token.noCommands'],
    'token-map/without-token': ['token.none'],
    'token-map/without-flag': ['token.withoutFlag'],
    'token-map/bad-token': ['token.closed', 'token.negative', 'token.directory', 'token.map'],
    'token-map/sys-admin-for-bpf': ['capabilities.onlySysAdmin'],
    'token-map/no-capability': ['capabilities.allButBoth', 'capabilities.none'],
    'scope/capability-in-userns': ['capabilities'],
    'token-map/checks-first': ['mapFirst'],
    'token-map/flag-not-stored': ['flagsInInfo'],
    'scope/initial-root': ['initialRoot'],
  },
  outcome: {
    token: {
      delegated: null,
      typeNotDelegated: 'EPERM',
      commandNotDelegated: 'EPERM',
      noCommands: 'EPERM',
      noMaps: 'EPERM',
      none: 'EPERM',
      withoutFlag: 'EPERM',
      closed: 'EBADF',
      negative: 'EBADF',
      directory: 'EINVAL',
      map: 'EINVAL',
    },
    capabilities: { onlyBpf: null, onlySysAdmin: null, allButBoth: 'EPERM', none: 'EPERM' },
    mapFirst: { keyOfStack: 'EINVAL', unknownFlag: 'EINVAL', unknownType: 'EINVAL', rightMap: 'EBADF' },
    flagsInInfo: 0,
    // A token that does not cover the map is set aside; what counts then are capabilities in the initial namespace.
    initialRoot: { delegated: null, typeNotDelegated: null, closed: 'EBADF' },
  },
});
