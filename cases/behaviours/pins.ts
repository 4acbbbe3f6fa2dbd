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
    'hash-timer-quiet': 'unpinning a hash map with timers does not sleep in atomic context',
    'no-prealloc-timer-quiet':
      'unpinning a hash map with timers and without preallocation does not sleep in atomic context',
    'lru-timer-quiet': 'unpinning an LRU hash map with timers does not sleep in atomic context',
    'workqueue-quiet': 'unpinning a hash map with work queues does not sleep in atomic context',
    'array-quiet':
      'unpinning an array with timers or a map without special fields does not sleep in atomic context, and never did',
    'descriptor-open': 'a map with an open descriptor outlives its pin',
    'never-pinned': 'a map that was never pinned is released by close',
    'hard-link': 'with two hard links, the second unlink releases the object, not the first',
    'rename-over':
      'rename over a pin releases the object of the replaced pin before it returns, and keeps the moved one',
    umount: 'umount releases all pinned objects before it returns',
    'o-path': 'a descriptor opened with O_PATH keeps the object until it is closed',
    'special-fields': {
      statement: 'timers and work queues fail in per-CPU maps; a struct of another size or name is plain data',
      where: 'kernel/bpf/syscall.c',
      commits: ['68134668c17f'],
    },
    'prog-array': {
      statement: 'entries of a program array stay while it is pinned, and are removed with its last user reference',
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
    'file-mode': 'the file has mode 0600 less the umask, and the fsuid and fsgid of the process that pinned it',
    exists: 'a name that exists fails with EEXIST',
    parent: 'a missing parent fails with ENOENT, a parent that is a file with ENOTDIR',
    'path-string': 'an empty path or one that ends with a slash fails with ENOENT, an unreadable pointer with EFAULT',
    'outside-bpffs': 'a path on another file system fails with EPERM',
    'not-an-object': 'a descriptor of another kind, or a closed one, fails with EINVAL before the path is read',
    'read-only': 'a read-only mount fails with EROFS',
    flags: {
      statement: 'flags other than that of path_fd, or path_fd without its flag, fail with EINVAL',
      where: 'kernel/bpf/syscall.c',
    },
    'path-fd': {
      statement: 'a relative path begins at path_fd, which must be a directory; an absolute path ignores it',
      where: 'kernel/bpf/syscall.c',
    },
    'attribute-size': {
      statement:
        'a short attribute is filled with zeros; the unknown part of a long one must be zero, and its size at most a page',
      where: 'kernel/bpf/syscall.c',
    },
    'detached-mount': { statement: 'path_fd can be a detached mount', where: 'kernel/bpf/syscall.c' },
    unprivileged: 'pinning requires no capability, only write permission on the directory',
    notification: { statement: 'a watch on the directory reports the new file', where: 'fs/namei.c' },
  },
);

export const get = behaviours(
  'get',
  { where: 'kernel/bpf/inode.c' },
  {
    map: 'OBJ_GET of a map returns a new read-write, close-on-exec descriptor of the same map',
    program: 'OBJ_GET of a program returns its descriptor, and ignores the read-only flag',
    link: 'OBJ_GET of a link returns its descriptor, and fails with EINVAL for read-only or write-only',
    'access-mode': {
      statement:
        'a read-only descriptor rejects updates, a write-only one lookups; both flags together fail with EINVAL',
      where: 'kernel/bpf/syscall.c',
      commits: ['6e71b04a8224'],
    },
    flags: {
      statement: 'other flags, a descriptor, or path_fd without its flag fail with EINVAL',
      where: 'kernel/bpf/syscall.c',
    },
    permission: 'the file must permit the requested access, except for root',
    unprivileged: 'OBJ_GET requires no capability, even if unprivileged bpf is disabled',
    'not-pinned': 'a directory or another kind of file fails with EACCES, a missing file or an empty path with ENOENT',
    'through-links': 'OBJ_GET follows symbolic links and bind mounts of a file',
    'access-time': 'OBJ_GET updates the access time of the file',
    frozen: { statement: 'a frozen map stays frozen', where: 'kernel/bpf/syscall.c' },
  },
);

export const read = behaviours(
  'read',
  { where: 'kernel/bpf/inode.c' },
  {
    unreadable: 'a map without BTF, a program, or a link that is not an iterator cannot be opened for reading: EIO',
    'map-text': {
      statement:
        'reading a map with BTF prints two lines of warning and a line for each element, or for each CPU of an element',
      commits: ['a26ca7c982cb'],
    },
    'map-file': 'the file of a map cannot be written, mapped or sought in; it can be read in pieces, and after unlink',
    truncate: 'truncating a pin changes only the size shown',
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
