import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

/** Tokens came with 6.9. */
const since = <const Old, const New>(old: Old, now: New) => byVersion<Old | New>({ '5.15': old, '6.9': now });
const present = since(false, true);

export default expectation<typeof scenario>({
  about:
    'the interface that d17aff807f84 removed is present again: owner and delegation of a bpffs, tokens, their flags and hooks',
  commit: 'd17aff807f84',
  source: 'https://git.kernel.org/torvalds/c/d17aff807f84',
  needs: { config: ['BPF_LSM', 'DEBUG_INFO_BTF', 'NET'] },
  behaviours: {
    'recognised/owner': ['owner'],
    'recognised/delegation': ['mount', 'delegation'],
    'recognised/command': ['command'],
    'recognised/flags': ['closedToken', 'flagAlone'],
    'recognised/hooks': ['hooks'],
    'token/unknown-command': ['command'],
  },
  outcome: {
    mount: null,
    owner: { uid: byVersion({ '5.15': false, '6.8': true }), gid: byVersion({ '5.15': false, '6.8': true }) },
    delegation: { cmds: present, maps: present, progs: present, attachs: present, nothing: false },
    command: { create: since('EINVAL', 'EOPNOTSUPP'), createOfClosed: since('EINVAL', 'EBADF') },
    closedToken: {
      map: since('EINVAL', 'EBADF'),
      program: since('E2BIG', 'EBADF'), // the attribute ended before the descriptor of a token
      btf: since('EINVAL', 'EBADF'),
    },
    flagAlone: { map: since('EINVAL', 'EBADF'), program: since('EINVAL', 'EBADF'), btf: since('EINVAL', 'EBADF') },
    hooks: { create: present, free: present, command: present, capability: present, aboutMaps: true },
  },
});
