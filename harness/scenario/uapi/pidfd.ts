/** pidfd_open(2) and the ioctls of pid namespaces, as cases import them under the name `pidfd`. */
import { ioctlNumber } from './struct.ts';

/** Flags of pidfd_open(2) (linux/pidfd.h), without PIDFD_. */
export const FLAGS = { NONBLOCK: 0o4000, THREAD: 0o200 } as const;

/** The ioctls of a pidfd that open a namespace (linux/pidfd.h), without PIDFD_. */
export const GET = {
  GET_CGROUP_NAMESPACE: ioctlNumber('none', 0xff, 1),
  GET_IPC_NAMESPACE: ioctlNumber('none', 0xff, 2),
  GET_MNT_NAMESPACE: ioctlNumber('none', 0xff, 3),
  GET_NET_NAMESPACE: ioctlNumber('none', 0xff, 4),
  GET_PID_NAMESPACE: ioctlNumber('none', 0xff, 5),
  GET_USER_NAMESPACE: ioctlNumber('none', 0xff, 9),
} as const;

/** The ioctls of a namespace file (linux/nsfs.h), without NS_. */
export const NS = {
  GET_USERNS: ioctlNumber('none', 0xb7, 1),
  GET_PARENT: ioctlNumber('none', 0xb7, 2),
  GET_NSTYPE: ioctlNumber('none', 0xb7, 3),
  GET_OWNER_UID: ioctlNumber('none', 0xb7, 4),
  GET_MNTNS_ID: ioctlNumber('read', 0xb7, 5, 8),
  GET_PID_FROM_PIDNS: ioctlNumber('read', 0xb7, 6, 4),
  GET_TGID_FROM_PIDNS: ioctlNumber('read', 0xb7, 7, 4),
  GET_PID_IN_PIDNS: ioctlNumber('read', 0xb7, 8, 4),
  GET_TGID_IN_PIDNS: ioctlNumber('read', 0xb7, 9, 4),
  MNT_GET_INFO: ioctlNumber('read', 0xb7, 10, 16),
  MNT_GET_NEXT: ioctlNumber('read', 0xb7, 11, 16),
  MNT_GET_PREV: ioctlNumber('read', 0xb7, 12, 16),
} as const;
