import { byVersion, expectation, O, S } from 'kconform';
import type scenario from './scenario.ts';

const FD_CLOEXEC = 1;

export default expectation<typeof scenario>({
  about:
    'a token is an unnamed file on the bpffs, close-on-exec, for its owner; it can be passed on and used, and nothing else',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'token/descriptor': ['link', 'closeOnExec', 'statusFlags'],
    'token/stat': ['links', 'size', 'uid', 'gid', 'onTheMountOfTheBpffs', 'mode'],
    'token/operations': ['operations'],
  },
  outcome: {
    link: '/bpf-token (deleted)',
    closeOnExec: FD_CLOEXEC,
    statusFlags: O.RDWR,
    links: 0,
    size: 0,
    uid: 0, // of the namespace: 100000 of the guest
    gid: 0,
    onTheMountOfTheBpffs: true,
    mode: {
      umask000: S.IFREG | 0o600,
      umask022: S.IFREG | 0o600,
      umask277: S.IFREG | 0o400,
      umask777: S.IFREG,
    },
    operations: {
      read: 'EINVAL',
      write: 'EINVAL',
      lseek: 'ESPIPE',
      mmap: 'ENODEV',
      ioctl: 'ENOTTY',
      pin: 'EINVAL',
      get: 'EACCES',
      information: byVersion({ '6.9': 'EINVAL', '6.17': null }),
      duplicate: null,
      close: null,
    },
  },
});
