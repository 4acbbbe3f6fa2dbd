import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'OBJ_PIN fails with the right errno for paths and objects that cannot be pinned, and then holds no reference',
  commit: 'b2197755b263',
  source: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
  behaviours: {
    'pin/exists': ['paths.overFile', 'paths.overDirectory', 'paths.overDangling', 'paths.root', 'paths.tmpfsFile'],
    'pin/parent': ['paths.missingParent', 'paths.belowAPin'],
    'pin/path-string': ['paths.empty', 'paths.null', 'paths.unreadable', 'paths.slashAtTheEnd'],
    'pin/outside-bpffs': ['paths.tmpfs', 'paths.sysfs', 'paths.proc'],
    'pin/not-an-object': ['descriptors'],
    'pin/read-only': ['readOnly'],
    'quirk/pin-closed-fd': ['descriptors.closed', 'descriptors.minusOne'],
    'unpin/never-pinned': ['afterwards'],
  },
  outcome: {
    paths: {
      pinned: null,
      overFile: 'EEXIST',
      overDirectory: 'EEXIST',
      overDangling: 'EEXIST',
      root: 'EEXIST',
      missingParent: 'ENOENT',
      slashAtTheEnd: 'ENOENT',
      belowAPin: 'ENOTDIR',
      empty: 'ENOENT',
      null: 'EFAULT',
      unreadable: 'EFAULT',
      tmpfs: 'EPERM',
      tmpfsFile: 'EEXIST',
      sysfs: 'EPERM',
      proc: 'ENOENT',
    },
    descriptors: {
      closed: 'EINVAL',
      minusOne: 'EINVAL',
      device: 'EINVAL',
      btf: 'EINVAL',
      beforeThePath: 'EINVAL',
      nothingWasMade: 'ENOENT',
    },
    readOnly: { remount: null, pin: 'EROFS', existing: 'EEXIST' },
    references: { refused: 'EPERM', refusedAgain: 'EROFS', whileOpen: null },
    afterwards: { refused: 'EEXIST', close: null, released: 'ENOENT' },
  },
  quirks: [
    {
      title: 'pinning a closed descriptor fails with EINVAL',
      documented: 'EBADF: fd is not an open file descriptor',
      link: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
      promised: {
        'descriptors.closed': 'EBADF',
        'descriptors.minusOne': 'EBADF',
        'descriptors.beforeThePath': 'EBADF',
      },
    },
  ],
});
