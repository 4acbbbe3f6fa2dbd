import { anyOf, byVersion, expectation } from 'kconform';

/**
 * Newer kernels take an ioctl with another size for an unknown one, and always write the information: seen on 7.3. Between 6.12 and 7.3, the
 * release that changed it is not known.
 */
const tooShort = byVersion({ '6.12': 'EINVAL', '6.13': anyOf('EINVAL', 'ENOTTY'), '7.3': 'ENOTTY' });

export default expectation({
  about: 'a namespace file answers questions about its own kind of namespace, and refuses the others with EINVAL',
  source: 'https://man7.org/linux/man-pages/man2/ioctl_nsfs.2.html',
  needs: { config: ['PID_NS', 'USER_NS', 'UTS_NS'] },
  versions: ['6.12'],
  outcome: {
    relations: {
      typeOfUts: true,
      ownerIsUserNamespace: true,
      ownerIsOwn: true,
      parentOfUts: 'EINVAL',
      parentOfInitial: 'EPERM',
      parentOfOther: true,
      uidOfUts: 'EINVAL',
      uid: null,
      uidOfOther: 1000,
      unknown: 'ENOTTY',
    },
    pids: {
      ofUts: 'EINVAL',
      from: true,
      fromThread: true,
      groupFrom: true,
      groupFromThread: true,
      in: 1,
      inThread: 2,
      groupIn: 1,
      groupInThread: 1,
      notIn: 'ESRCH',
    },
    information: {
      idOfUts: 'EINVAL',
      id: null,
      ofUts: 'EINVAL',
      nowhere: 'EINVAL',
      unwritable: 'EFAULT',
      tooShort,
      longer: null,
      sizeOfLonger: 16,
      plain: null,
      sameId: true,
      mountsAdded: 1,
    },
    walk: {
      ofUts: 'EINVAL',
      tooShort,
      beforeFirst: 'ENOENT',
      unwritable: 'EFAULT',
      withoutInformation: byVersion({ '6.12': null, '6.13': anyOf(null, 'EFAULT'), '7.3': 'EFAULT' }),
      nextIsLater: true,
      closedOnExec: true,
      nextIsMountNamespace: true,
      backAtFirst: true,
      afterLast: 'ENOENT',
    },
    exitCode: 0,
    signal: null,
    output: '',
  },
});
