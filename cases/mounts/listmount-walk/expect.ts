import { expectation } from 'kconform';

export default expectation({
  about: 'listmount lists the mounts below a mount by their ids, from a cursor on, in either direction',
  source: 'https://man7.org/linux/man-pages/man2/listmount.2.html',
  versions: ['6.12'],
  outcome: {
    order: {
      all: 'abc',
      reverse: 'cba',
      afterFirst: 'bc',
      beforeLast: 'ba',
      two: 'ab',
      noRoom: '',
      afterOldId: 'EINVAL',
      afterSmallId: 'EINVAL',
      afterFirstNewId: 'abc',
    },
    refused: {
      flag: 'EINVAL',
      most: null,
      tooMany: 'EOVERFLOW',
      unreadable: 'EFAULT',
      inKernel: 'EFAULT',
      unwritable: 'EFAULT',
      noMount: 'ENOENT',
      oldId: 'EINVAL',
      rootIsListed: true,
    },
    namespaces: {
      noId: 'ENOENT',
      byFile: true,
      uts: 'EINVAL',
      otherFile: 'EINVAL',
      notHere: 'ENOENT',
      statmount: null,
      statmountId: true,
      statmountFlag: 'EINVAL',
    },
    unreachable: { root: 'abc', user: 'EPERM' },
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the field for the descriptor of a namespace is spare and must be 0',
      fix: 'fs/namespace: correctly handle errors returned by grab_requested_mnt_ns',
      fixedIn: ['6.12.59'],
      instead: {
        'namespaces.byFile': false,
        'namespaces.statmount': 'EINVAL',
        'namespaces.statmountId': false,
      },
    },
  ],
});
