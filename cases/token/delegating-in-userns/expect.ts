import { expectation } from 'kconform';
import { commonAttrsShift } from '../../bpffs/common-attrs-shift.ts';
import type scenario from './scenario.ts';

const all = <const T>(errno: T) => ({ cmds: errno, maps: errno, progs: errno, attachs: errno });

export default expectation<typeof scenario>({
  about:
    'root of a user namespace can open and mount a bpffs; only CAP_SYS_ADMIN in the initial one can delegate and create',
  commit: '6fe01d3cbb92',
  source: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: {
    'privilege/delegate-in-userns': ['inUserns.number', 'inUserns.any', 'byRoot'],
    'privilege/delegate-zero': ['inUserns.zero'],
    'privilege/delegate-parse-first': ['inUserns.unreadable'],
    'privilege/create-in-userns': ['superblock'],
    'context/failed': ['superblock.create', 'superblock.dead'],
    'privilege/delegate-after-mount': ['afterMount.any'],
    'privilege/fspick-harmless': ['afterMount.zero', 'afterMount.mode', 'afterMount.reconfigure', 'mounts.unchanged'],
    'privilege/mount-in-userns': ['mounts.moved', 'mounts.shown'],
    'privilege/fsopen-refused': ['fsopen'],
  },
  outcome: {
    inUserns: { number: all('EPERM'), any: all('EPERM'), zero: all(null), unreadable: all('EINVAL') },
    superblock: { create: 'EPERM', dead: 'EBUSY', mount: 'EPERM' },
    byRoot: { onlyCapSysAdmin: all(null), allButCapSysAdmin: all('EPERM') },
    afterMount: { any: all('EPERM'), zero: all(null), mode: null, reconfigure: null },
    mounts: {
      moved: null,
      shown: 'rw,relatime,uid=100000,gid=100000,delegate_cmds=map_create,delegate_maps=stack',
      unchanged: true,
    },
    fsopen: { withoutMountNamespace: 'EPERM', user: 'EPERM' },
  },
  knownBugs: [commonAttrsShift()],
});
