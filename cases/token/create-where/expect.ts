import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_TOKEN_CREATE accepts only an open root directory of a bpffs, through any of its mounts',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'token/create': ['root', 'mounted'],
    'token/create-bind-mount': ['bindMount'],
    'token/create-not-root-directory': ['directory', 'bindMountOfDirectory'],
    'token/create-not-bpffs': ['ownTmpfs', 'proc', 'rootfs', 'file', 'eventfd', 'map', 'token', 'context'],
    'token/create-o-path': ['mountFd', 'path'],
    'token/create-bad-fd': ['closed', 'negative'],
    'quirk/mode-0-token': ['mode0'],
  },
  outcome: {
    root: null,
    mounted: null,
    bindMount: null,
    directory: 'EINVAL',
    bindMountOfDirectory: 'EINVAL',
    ownTmpfs: 'EINVAL', // its root directory, in the right user namespace: only the type of file system is wrong
    proc: 'EINVAL',
    rootfs: 'EINVAL',
    file: 'EINVAL',
    eventfd: 'EINVAL',
    map: 'EINVAL',
    token: 'EINVAL',
    context: 'EINVAL',
    mountFd: 'EBADF',
    path: 'EBADF',
    closed: 'EBADF',
    negative: 'EBADF',
    mode0: { reopened: 'EACCES', token: null },
  },
  quirks: [
    {
      title: 'a root directory without any permission does not stop the creation of a token',
      documented: 'the access to the bpffs is checked',
      link: 'https://git.kernel.org/torvalds/c/35f96de04127',
      promised: { 'mode0.token': 'EACCES' },
    },
  ],
});
