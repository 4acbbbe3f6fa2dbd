import { behaviours } from 'kconform';

const UNPIN = 'ee04cff9ed4d';
const GRACE = '53649846e043';

export const unpin = behaviours(
  'unpin',
  { where: 'kernel/bpf/inode.c', commits: [UNPIN] },
  {
    'map-at-once': 'a map is released before the unlink of its last pin returns',
    'program-at-once': 'a program is released before the unlink of its last pin returns',
    'link-soon': {
      statement: 'a link is released soon after the unlink of its last pin',
      where: 'kernel/bpf/syscall.c',
      commits: ['70ed506c3bbc'],
    },
    'hash-timer-quiet': 'unpinning a hash map with timers is no sleep in atomic context',
    'no-prealloc-timer-quiet': 'nor is it without preallocated elements',
    'lru-timer-quiet': 'nor is it for an LRU hash map',
    'workqueue-quiet': 'nor is it for hash maps with workqueues',
    'array-quiet': 'nor is it, or ever was, for an array with timers or a map without special fields',
    'descriptor-open': 'a map whose descriptor is open outlives its pin',
    'never-pinned': 'a map that was never pinned is released in the context of close',
    'hard-link': 'of two links the second unlink releases the object, not the first',
    'rename-over': 'renaming over a pin releases what it held before the rename returns, and keeps what was moved',
    umount: 'umount releases all that was pinned before it returns',
    'o-path': 'a descriptor opened with O_PATH keeps the object until it is closed',
    'special-fields': {
      statement:
        'timers and workqueues are refused in per-CPU maps; a struct of another size or name is no special field',
      where: 'kernel/bpf/syscall.c',
      commits: ['68134668c17f'],
    },
    'prog-array': {
      statement: 'entries of a program array live while it is pinned, and go with its last user reference',
      where: 'kernel/bpf/syscall.c',
      commits: ['c9da161c6517'],
    },
    'inode-grace-period': {
      statement: 'the inode of an unlinked entry is freed after an RCU grace period, as a path walk may still read it',
      commits: [GRACE],
    },
    'symlink-grace-period': {
      statement: 'the target of an unlinked symbolic link is freed after an RCU grace period too',
      commits: [GRACE],
    },
  },
);

export const pin = behaviours(
  'pin',
  { where: 'kernel/bpf/inode.c' },
  {
    objects: 'maps, programs and links can be pinned',
    'file-mode': 'the file has mode 0600 less the umask, and belongs to the fsuid and fsgid of who pinned it',
    exists: 'a name that is taken, by whatever, is EEXIST',
    parent: 'a parent that is missing is ENOENT, one that is a file ENOTDIR',
    'path-string': 'an empty path is ENOENT, one with a slash at the end too, one that cannot be read EFAULT',
    'outside-bpffs': 'another file system is EPERM',
    'not-an-object': 'a descriptor of anything else, or of nothing, is EINVAL before the path is looked at',
    'read-only': 'a read-only mount is EROFS',
    flags: {
      statement: 'flags other than that of path_fd, or path_fd without it, are EINVAL',
      where: 'kernel/bpf/syscall.c',
    },
    'path-fd': {
      statement: 'a relative path begins at path_fd, which must be a directory; an absolute one does without',
      where: 'kernel/bpf/syscall.c',
    },
    'attribute-size': {
      statement:
        'short attributes count as filled with zeros; a long one must be zero beyond what is known, and one page at most',
      where: 'kernel/bpf/syscall.c',
    },
    'detached-mount': { statement: 'path_fd may be a mount that is attached nowhere', where: 'kernel/bpf/syscall.c' },
    unprivileged: 'pinning needs no capability, only the permission to write the directory',
    notification: { statement: 'a watch on the directory is told of the new file', where: 'fs/namei.c' },
  },
);

export const get = behaviours(
  'get',
  { where: 'kernel/bpf/inode.c' },
  {
    map: 'getting a map gives a new read-write, close-on-exec descriptor of the same map',
    program: 'getting a program gives its descriptor, which the read-only flag does not change',
    link: 'getting a link gives its descriptor; read-only or write-only is EINVAL',
    'access-mode': {
      statement: 'read-only refuses updates, write-only lookups; both together are EINVAL',
      where: 'kernel/bpf/syscall.c',
      commits: ['6e71b04a8224'],
    },
    flags: {
      statement: 'other flags, a descriptor, or path_fd without its flag are EINVAL',
      where: 'kernel/bpf/syscall.c',
    },
    permission: 'the file must allow the access that is asked for; root is not asked',
    unprivileged: 'getting needs no capability, also where unprivileged bpf is disabled',
    'not-pinned': 'a directory or a file of another kind is EACCES, a missing one ENOENT, an empty path ENOENT',
    'through-links': 'symbolic links and bind mounts of one file lead to the object',
    'access-time': 'getting an object updates the access time of its file',
    frozen: { statement: 'a frozen map stays frozen', where: 'kernel/bpf/syscall.c' },
  },
);

export const read = behaviours(
  'read',
  { where: 'kernel/bpf/inode.c' },
  {
    unreadable: 'a map without BTF, a program, or a link that is no iterator cannot be opened for reading: EIO',
    'map-text': {
      statement: 'a map with BTF reads as two lines of warning and a line for each element, or each CPU of it',
      commits: ['a26ca7c982cb'],
    },
    'map-file': 'such a file cannot be written, mapped or sought in; it can be read in pieces, and after unlink',
    truncate: 'truncating a pin changes the size shown and nothing else',
    iterator: {
      statement: 'a pinned iterator runs at each open, under the permissions of the file, and outlives its descriptors',
      commits: ['ae24345da54e'],
    },
    preload: {
      statement: 'a kernel with preloaded iterators has maps.debug and progs.debug in each new bpffs',
      commits: ['d71fa5c9763c'],
    },
  },
);
