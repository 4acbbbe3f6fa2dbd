import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const ATTACHED = { link: null, attach: null } as const;
/** BPF_PROG_ATTACH has no other error for a program that may not be attached there. */
const REFUSED = { link: 'EPERM', attach: 'EINVAL' } as const;

export default expectation<typeof scenario>({
  about:
    'a cgroup program remembers its token: CAP_NET_ADMIN in the user namespace can attach it, even after the token is closed',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'CGROUP_BPF', 'NET'], files: ['/sys/fs/cgroup/cgroup.procs'] },
  behaviours: {
    'token-program/attach': ['loadedWithToken', 'loadedWithoutToken', 'withoutNetAdmin'],
    'token/outlives-close': ['afterCloseOfToken'],
  },
  outcome: {
    loadedWithToken: ATTACHED,
    loadedWithoutToken: REFUSED,
    withoutNetAdmin: REFUSED,
    afterCloseOfToken: ATTACHED,
  },
});
