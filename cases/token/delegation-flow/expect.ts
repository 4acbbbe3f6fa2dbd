import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a child opens a bpffs, root delegates and creates it, either mounts it; pins work in it as in any bpffs',
  commit: ['6fe01d3cbb92', '35f96de04127'],
  source: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: {
    'privilege/fsopen-in-userns': ['fsopen'],
    'privilege/create-by-parent': ['byRoot', 'fsmount', 'owner'],
    'privilege/mount-in-userns': ['moveMount'],
    'privilege/objects-in-userns': ['objects', 'value'],
    'privilege/fsmount-by-child': ['mountedByChild'],
    'recognised/userns': ['fsopen', 'mountedByChild.fsmount'],
  },
  outcome: {
    fsopen: null,
    byRoot: { delegateCommand: null, delegateMap: null, create: null },
    fsmount: null,
    owner: { uid: 0, gid: 0 }, // of the namespace: the child's, although root created it
    moveMount: null,
    objects: {
      pin: null,
      get: null,
      pinWithDot: 'EPERM',
      directory: null,
      directoryWithDot: 'EPERM',
      push: null,
    },
    value: 'kept',
    mountedByChild: { before: 'EINVAL', fsmount: null, token: null },
  },
});
