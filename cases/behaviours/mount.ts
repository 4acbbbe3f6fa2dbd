import { behaviours } from 'kconform';

const OWNER = 'b08c8fc0411d';

export const mount = behaviours(
  'mount',
  { where: 'kernel/bpf/inode.c' },
  {
    filesystem: '/proc/filesystems lists bpf as a file system without a device',
    'mount-point': 'sysfs has the mount point /sys/fs/bpf',
    statfs: 'statfs returns the magic number, block size and name limit of bpffs, and no blocks or files',
    root: 'the root directory is inode 1, empty, with two links and mode 1777; its owner is the process that opened the context',
    instances:
      'each mount is a separate instance; a bind mount shows the same instance; the last umount removes everything',
    owner: { statement: 'uid= and gid= own the root directory', commits: [OWNER] },
    'owner-shown': { statement: 'uid= and gid= are shown in the mount options, unless they are 0', commits: [OWNER] },
    'owner-last-wins': { statement: 'of several uid= or gid= the last one counts', commits: [OWNER] },
    'owner-notation': { statement: 'an owner may be written in decimal, octal or hexadecimal', commits: [OWNER] },
    'owner-bounds': {
      statement: 'the largest owner is 4294967294; the invalid id and larger values fail',
      commits: [OWNER],
    },
    'owner-refused': {
      statement:
        'an owner that is not a number, negative, empty or missing fails with EINVAL and a message that names the option',
      commits: [OWNER],
    },
    'owner-default': {
      statement: 'without options the owner of the root directory is the fsuid and fsgid of fsopen',
      commits: [OWNER],
    },
    'owner-in-userns': {
      statement: 'an owner is an id in the user namespace of the caller and must be mapped in that of the context',
      commits: [OWNER],
    },
    'owner-after-chown': {
      statement: 'the owner shown is the current one: chown changes it',
      commits: [OWNER],
    },
    'shown-ids': 'the owner is shown as ids of the initial user namespace to every reader',
    mode: 'mode= sets the permissions of the root directory, adds the sticky bit and drops bits beyond 07777',
    'mode-shown': 'mode= is shown in octal without the sticky bit; 777 is not shown',
    'mode-refused': {
      statement:
        'a mode that is not octal, too large, empty or missing fails with EINVAL and a message that names the option',
      commits: ['d2935de7e4fd'],
    },
    'mode-after-chmod': 'the mode shown is the current one: chmod changes it and can clear the sticky bit',
    'order-shown': {
      statement:
        'options are shown in the order uid, gid, mode, delegate_cmds, _maps, _progs, _attachs, not in the order of the input',
      commits: [OWNER, '6fe01d3cbb92', 'f157f9cb85b4'],
    },
    'unknown-option': 'an unknown, misspelt or wrongly capitalised option is accepted without a message',
    'source-twice': 'a second source, or a source without a value, fails with EINVAL',
    'string-too-long': { statement: 'fsconfig rejects a string of 256 characters or more', where: 'fs/fsopen.c' },
    'wrong-type':
      'a flag, blob, path or descriptor instead of a string fails with EINVAL and a message that names the option',
    unprivileged: { statement: 'an unprivileged user can neither mount nor fsopen a bpffs', where: 'fs/namespace.c' },
  },
);

export const context = behaviours(
  'context',
  { where: 'fs/fsopen.c' },
  {
    'create-once': 'a context creates one superblock; a second create, or an option after the first, fails with EBUSY',
    'mount-once':
      'a created context can be mounted once: a second fsmount fails with EBUSY, one before create with EINVAL',
    'reconfigure-fresh': 'reconfiguring a context before create fails with EBUSY',
    'reconfigure-mounted': {
      statement:
        'a mounted context accepts options and reconfigure without effect on bpffs; bad options fail with EINVAL',
      where: 'kernel/bpf/inode.c',
    },
    remount: {
      statement: 'remounting with other options succeeds and changes nothing; bad values fail with EINVAL',
      commits: ['d2935de7e4fd'],
      where: 'kernel/bpf/inode.c',
    },
    'read-only': {
      statement:
        'on a read-only mount mkdir and pinning fail with EROFS and OBJ_GET works; after a remount read-write all work',
      where: 'fs/namespace.c',
    },
    failed:
      'after a failed create a context is unusable for every holder: options fail with EBUSY, fsmount with EINVAL',
  },
);
