import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_PROG_LOAD with a token requires the command, the program type and the attach type to be delegated',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF', 'NET'] },
  behaviours: {
    'token-program/delegated': ['token.delegated'],
    'token-program/type-not-delegated': ['token.typeNotDelegated', 'token.noTypes'],
    'token-program/attach-not-delegated': ['token.attachTypeNotDelegated', 'token.noAttachTypes'],
    'token-program/unknown-type': ['token.unknownType', 'token.unknownAttachType', 'initialRoot.unknownType'],
    'scope/commands': ['token.commandNotDelegated'],
    'token-program/without-token': ['token.none'],
    'token-program/without-flag': ['token.withoutFlag'],
    'token-program/bad-token': ['token.closed', 'token.negative', 'token.directory', 'token.program', 'flagsFirst'],
    'scope/initial-root': ['initialRoot'],
  },
  outcome: {
    token: {
      delegated: null,
      attachTypeNotDelegated: 'EPERM',
      typeNotDelegated: 'EPERM',
      commandNotDelegated: 'EPERM',
      noTypes: 'EPERM',
      noAttachTypes: 'EPERM',
      unknownType: 'EPERM',
      unknownAttachType: 'EPERM',
      none: 'EPERM',
      withoutFlag: 'EPERM',
      closed: 'EBADF',
      negative: 'EBADF',
      directory: 'EINVAL',
      program: 'EINVAL',
    },
    flagsFirst: { unknown: 'EINVAL', known: 'EBADF' },
    // A token that does not cover the program is set aside; what counts then are capabilities in the initial namespace.
    initialRoot: { delegated: null, typeNotDelegated: null, unknownType: 'EINVAL', closed: 'EBADF' },
  },
});
