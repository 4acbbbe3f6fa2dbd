import { behaviours } from 'kconform';

const OWNER = 'b08c8fc0411d';

export const mount = behaviours(
  'mount',
  { where: 'kernel/bpf/inode.c' },
  {
    filesystem: 'the type bpf is listed in /proc/filesystems as one without a device',
    'mount-point': 'sysfs offers /sys/fs/bpf as a place to mount it',
    statfs: 'statfs tells the magic number of bpffs, its block size and name limit, and no blocks or files',
    root: 'the root directory is inode 1, empty, with two links, mode 1777, owned by whoever opened the context',
    instances:
      'each mount is an instance of its own; a bind mount shows the same one; nothing outlives the last umount',
    owner: { statement: 'uid= and gid= own the root directory', commits: [OWNER] },
    'owner-shown': { statement: 'uid= and gid= are shown in the mount options, unless they are 0', commits: [OWNER] },
    'owner-last-wins': { statement: 'of several uid= or gid= the last one counts', commits: [OWNER] },
    'owner-notation': { statement: 'an owner may be written in decimal, octal or hexadecimal', commits: [OWNER] },
    'owner-bounds': {
      statement: 'the largest owner is 4294967294; the invalid id and anything above are refused',
      commits: [OWNER],
    },
    'owner-refused': {
      statement: 'an owner that is no number, negative, empty or missing is EINVAL, and the message names the option',
      commits: [OWNER],
    },
    'owner-default': {
      statement: 'without options the fsuid and fsgid at the time of fsopen own the root directory',
      commits: [OWNER],
    },
    'owner-in-userns': {
      statement: 'an owner is read in the user namespace of who sets it and must be mapped in that of the context',
      commits: [OWNER],
    },
    'owner-after-chown': {
      statement: 'the shown owner is that of the root directory now: chown changes it',
      commits: [OWNER],
    },
    'shown-ids': 'the shown owner is given in ids of the initial user namespace, whoever reads it',
    mode: 'mode= sets the permissions of the root directory, sticky bit added, bits beyond 07777 dropped',
    'mode-shown': 'mode= is shown in octal without the sticky bit, and not at all when it is 777',
    'mode-refused': {
      statement: 'a mode that is not octal, too large, empty or missing is EINVAL, and the message names the option',
      commits: ['d2935de7e4fd'],
    },
    'mode-after-chmod':
      'the shown mode is that of the root directory now: chmod changes it, and may clear the sticky bit',
    'order-shown': {
      statement:
        'options are shown as uid, gid, mode, then delegate_cmds, _maps, _progs, _attachs, whatever the order given',
      commits: [OWNER, '6fe01d3cbb92', 'f157f9cb85b4'],
    },
    'unknown-option':
      'an option that bpffs does not know is accepted without a word, as is one misspelt or in the wrong case',
    'source-twice': 'a second source, or a source without a value, is EINVAL',
    'string-too-long': { statement: 'fsconfig refuses a string of 256 characters or more', where: 'fs/fsopen.c' },
    'wrong-type': 'a flag, blob, path or descriptor where a string belongs is EINVAL, and the message names the option',
    unprivileged: { statement: 'an unprivileged user may neither mount nor fsopen it', where: 'fs/namespace.c' },
  },
);

export const context = behaviours(
  'context',
  { where: 'fs/fsopen.c' },
  {
    'create-once': 'a context creates one superblock: a second create is EBUSY, as is an option after the first',
    'mount-once': 'a created context is mounted once: a second fsmount is EBUSY, one before create EINVAL',
    'reconfigure-fresh': 'reconfiguring a context that has created nothing is EBUSY',
    'reconfigure-mounted': {
      statement: 'a mounted context takes options, bad ones are still EINVAL, and reconfigures without effect on bpffs',
      where: 'kernel/bpf/inode.c',
    },
    remount: {
      statement: 'remounting with other options succeeds and changes none; bad values are still EINVAL',
      commits: ['d2935de7e4fd'],
      where: 'kernel/bpf/inode.c',
    },
    'read-only': {
      statement: 'read-only, mkdir and pinning are EROFS and what is pinned can be had; read-write again, all works',
      where: 'fs/namespace.c',
    },
    failed: 'a context whose create was refused is dead: options are EBUSY, fsmount EINVAL, for every holder',
  },
);
