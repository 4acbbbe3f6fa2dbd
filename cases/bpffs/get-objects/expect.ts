import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'OBJ_GET returns a new descriptor with the requested access; it works on pins only, and each failure has its errno',
  commit: ['b2197755b263', '6e71b04a8224'],
  source: 'https://git.kernel.org/torvalds/c/6e71b04a8224',
  behaviours: {
    'get/map': ['files.map', 'held.map', 'access.update', 'access.lookup'],
    'get/program': ['files.program', 'files.readOnlyProgram', 'held.program'],
    'get/link': ['files.link', 'held.link', 'held.refusedIsReleased', 'flags.readOnlyLink', 'flags.writeOnlyLink'],
    'get/access-mode': ['files', 'access', 'flags.readAndWriteOnly'],
    'get/frozen': ['access.frozenUpdate', 'access.frozenLookup'],
    'get/flags': ['flags'],
    'get/not-pinned': ['paths'],
    'get/through-links': ['paths.throughBind'],
  },
  outcome: {
    files: {
      map: 'anon_inode:bpf-map read-write close-on-exec',
      readOnlyMap: 'anon_inode:bpf-map read-only close-on-exec',
      writeOnlyMap: 'anon_inode:bpf-map write-only close-on-exec',
      program: 'anon_inode:bpf-prog read-write close-on-exec',
      readOnlyProgram: 'anon_inode:bpf-prog read-write close-on-exec',
      link: 'anon_inode:bpf-link read-only close-on-exec',
    },
    held: { map: true, program: true, link: true, refusedIsReleased: true },
    access: {
      update: null,
      lookup: null,
      readOnlyUpdate: 'EPERM',
      readOnlyLookup: null,
      writeOnlyUpdate: null,
      writeOnlyLookup: 'EPERM',
      frozenUpdate: 'EPERM',
      frozenLookup: null,
    },
    flags: {
      readAndWriteOnly: 'EINVAL',
      readOnlyLink: 'EINVAL',
      writeOnlyLink: 'EINVAL',
      unknown: 'EINVAL',
      noPrealloc: 'EINVAL',
      descriptor: 'EINVAL',
    },
    paths: {
      directory: 'EACCES',
      root: 'EACCES',
      tmpfs: 'EACCES',
      proc: 'EACCES',
      missing: 'ENOENT',
      missingParent: 'ENOENT',
      belowAPin: 'ENOTDIR',
      slashAtTheEnd: 'ENOTDIR',
      empty: 'ENOENT',
      magicLink: 'EACCES',
      bindTarget: null,
      throughBind: null,
    },
  },
});
