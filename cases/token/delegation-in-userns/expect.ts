import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a token from a delegated bpffs lets root of a user namespace create just the maps and load just the programs delegated',
  commit: ['35f96de04127', 'a177fc2bf6fd', 'caf8f28e036c'],
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  outcome: {
    childMayDelegate: 'EPERM',
    delegated: { delegate_cmds: null, delegate_maps: null, delegate_progs: null, delegate_attachs: null },
    created: null,
    onMountFd: 'EBADF',
    byParent: 'EPERM',
    token: null,
    link: '/bpf-token (deleted)',
    map: {
      withToken: null,
      withoutToken: 'EPERM',
      notDelegated: 'EPERM',
      notAToken: 'EINVAL',
      closed: 'EBADF',
    },
    program: {
      withToken: null,
      withoutToken: 'EPERM',
      otherAttachType: 'EPERM',
      notDelegated: 'EPERM',
      notAToken: 'EINVAL',
    },
  },
});
