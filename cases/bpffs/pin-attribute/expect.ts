import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

/** BPF_F_PATH_FD came with 6.5; before, it is a flag that there is not. */
const sincePathFd = <const Old, const New>(unknown: Old, known: New) =>
  byVersion<Old | New>({ '6.1': unknown, '6.5': known });

export default expectation<typeof scenario>({
  about: 'the attribute of OBJ_PIN and OBJ_GET: its flags, its path_fd and its size',
  commit: 'cb8edce28073',
  source: 'https://git.kernel.org/torvalds/c/cb8edce28073',
  versions: ['6.1'],
  behaviours: {
    'pin/flags': ['flags'],
    'pin/path-fd': ['pathFd'],
    'pin/detached-mount': ['pathFd.detached', 'pathFd.getDetached'],
    'pin/attribute-size': ['sizes'],
  },
  outcome: {
    flags: {
      readOnly: 'EINVAL',
      unknown: 'EINVAL',
      allOthers: 'EINVAL',
      pathFdWithoutFlag: 'EINVAL',
      byteBehind: 'EINVAL',
      nothingWasMade: 'ENOENT',
    },
    pathFd: {
      relative: sincePathFd('EINVAL', null),
      itIsThere: sincePathFd('ENOENT', null),
      get: sincePathFd('EINVAL', null),
      up: sincePathFd('EINVAL', null),
      absolute: sincePathFd('EINVAL', null),
      closed: sincePathFd('EINVAL', 'EBADF'),
      closedGet: sincePathFd('EINVAL', 'EBADF'),
      noDirectory: sincePathFd('EINVAL', 'ENOTDIR'),
      chdir: null,
      currentDirectory: sincePathFd('EINVAL', null),
      withoutFlag: null,
      detached: sincePathFd('EINVAL', null),
      getDetached: sincePathFd('EINVAL', null),
    },
    sizes: {
      known: null,
      beforePathFd: null,
      beforeFlags: null,
      beforeDescriptor: 'EINVAL',
      longerZero: null,
      longerNotZero: 'E2BIG',
      overAPage: 'E2BIG',
    },
    entries: byVersion({
      '6.1': ['/mnt:', 'd', 'here2', 'long', 'size-12', 'size-152', 'size-16', '', '/mnt/d:'],
      '6.5': [
        '/mnt:',
        'absolute',
        'd',
        'here',
        'here2',
        'long',
        'size-12',
        'size-152',
        'size-16',
        'up',
        '',
        '/mnt/d:',
        'relative',
      ],
    }),
  },
});
