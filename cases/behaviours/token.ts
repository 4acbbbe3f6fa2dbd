import { behaviours } from 'kconform';

const OBJECT = '35f96de04127';
const MAP = 'a177fc2bf6fd';
const PROGRAM = 'caf8f28e036c';
const OPTIONS = '6fe01d3cbb92';
const HOOKS = 'f568a3d49af9';

export const token = behaviours(
  'token',
  { where: 'kernel/bpf/token.c', commits: [OBJECT] },
  {
    create: 'root of the user namespace that owns a delegated bpffs can create a token from its root directory',
    'create-cap-bpf': 'CAP_BPF is enough to create a token',
    'create-without-cap-bpf': 'without CAP_BPF creation fails with EPERM, even with CAP_SYS_ADMIN',
    'create-bind-mount': 'a token can be created from a bind mount of the root directory',
    'create-read-only': 'a token can be created on a read-only bpffs',
    'create-one-mask': 'one delegated mask of the four is enough',
    'create-nothing-delegated': 'on a bpffs that delegates nothing creation fails with ENOENT',
    'create-initial-userns':
      'in the initial user namespace creation fails with EOPNOTSUPP, or with EPERM without CAP_BPF',
    'create-other-userns': 'from a user namespace above or below that of the bpffs creation fails with EPERM',
    'create-not-root-directory': 'a subdirectory, or a bind mount of one, fails with EINVAL',
    'create-not-bpffs': 'another file system, or a pipe, fails with EINVAL',
    'create-bad-fd': 'a closed or negative descriptor fails with EBADF',
    'create-o-path': 'a descriptor opened with O_PATH, such as that of fsmount, fails with EBADF',
    'create-flags': 'flags fail with EINVAL',
    'create-attribute': 'only the token part of the attribute can be set; a short attribute is filled with zeros',
    descriptor: 'the descriptor is close-on-exec, opened read-write, and named bpf-token',
    stat: 'its file has mode 0600 less the umask, no links, and is on the device of the bpffs',
    fdinfo: 'fdinfo shows the four masks, in hexadecimal or as "any"',
    operations: 'read, write, lseek, mmap, ioctl, pinning and BPF_OBJ_GET_INFO_BY_FD fail',
    information: {
      statement: 'BPF_OBJ_GET_INFO_BY_FD returns its four masks (since 6.17)',
      where: 'kernel/bpf/token.c',
      commits: ['19d18fdfc792'],
    },
    'busy-umount': 'while a token is open the mount is busy; after its close it can be unmounted',
    'busy-read-only': 'while a token is open the bpffs cannot become read-only; after its close it can',
    'outlives-close': 'objects created with a token remain after it is closed',
    freed:
      'a token is freed when it is closed and no program loaded with it remains, whether its uses succeeded or not',
    'outlives-bpffs':
      'a token works without any descriptor or mount of its bpffs, and when its namespace has no process',
    'unknown-command': 'on a kernel without tokens the command fails with EINVAL',
  },
);

export const scope = behaviours(
  'scope',
  { where: 'kernel/bpf/token.c', commits: [OBJECT, OPTIONS] },
  {
    'initial-root': 'root of the initial namespace can use a token that it received',
    'initial-other': 'another user of the initial namespace cannot use a token that it received',
    nested: 'a nested user namespace cannot use the token of its parent',
    'ids-stay-privileged': {
      statement: 'opening objects by id and listing ids fail in the namespace, with or without a token',
      where: 'kernel/bpf/syscall.c',
    },
    commands: 'a token allows the delegated commands and no others',
    'empty-commands': 'a token without commands allows nothing, even with delegated types',
    'capability-in-userns': 'a token does not replace the capability in the user namespace',
  },
);

export const tokenMap = behaviours(
  'token-map',
  { where: 'kernel/bpf/syscall.c', commits: [MAP] },
  {
    delegated: 'a map of a delegated type can be created with the token',
    'not-delegated': 'a map of another type fails with EPERM',
    'without-token': 'without the token it fails with EPERM, even with all capabilities in the namespace',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor fails with EBADF and one of another kind with EINVAL',
    'no-capability': 'the token without capabilities in the namespace fails with EPERM',
    'sys-admin-for-bpf': 'CAP_SYS_ADMIN in the namespace includes CAP_BPF',
    'network-map': 'a device map also requires CAP_NET_ADMIN in the namespace',
    'special-fields': 'a value with a timer or a work queue requires CAP_BPF in the namespace',
    'flag-not-stored': 'the flag that announces the token is not among the flags of the map',
    'checks-first': 'the attributes of the map are checked before the token',
  },
);

export const tokenProgram = behaviours(
  'token-program',
  { where: 'kernel/bpf/syscall.c', commits: [PROGRAM] },
  {
    delegated: 'a program of a delegated type and attach type can be loaded with the token',
    'type-not-delegated': 'a program of another type fails with EPERM',
    'attach-not-delegated': 'a delegated program type with another attach type fails with EPERM',
    'attach-zero': 'a program without an attach type counts as attach type 0, which must be delegated',
    'attach-fixed-up': 'the attach type that the kernel fills in for old programs is the one that must be delegated',
    'unknown-type': 'an unknown program or attach type fails with EPERM, as without a token',
    'without-token': 'without the token it fails with EPERM',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor fails with EBADF and one of another kind with EINVAL',
    'helpers-bpf': 'helpers that require CAP_BPF can be called',
    'helpers-perfmon':
      'helpers that require CAP_PERFMON can be called with that capability, and are unknown without it',
    'verifier-trust': {
      statement: 'the verifier uses the capabilities in the namespace: loops, functions, length, pointers',
      where: 'kernel/bpf/verifier.c',
    },
    'jit-trust': { statement: 'the symbol of the program is listed', where: 'kernel/bpf/core.c' },
    attach: 'a program remembers its token: attaching it to a cgroup requires CAP_NET_ADMIN in the namespace',
    'network-program': 'without CAP_NET_ADMIN in the namespace a network program fails with EPERM',
    'tracing-program': 'without CAP_PERFMON in the namespace a tracing program fails with EPERM',
  },
);

export const tokenBtf = behaviours(
  'token-btf',
  { where: 'kernel/bpf/syscall.c', commits: [OBJECT] },
  {
    delegated: 'BTF can be loaded with a token that delegates it',
    'not-delegated': 'with another token, or none, it fails with EPERM',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor fails with EBADF and one of another kind with EINVAL',
    flags: 'another flag fails with EINVAL',
  },
);

export const lsm = behaviours(
  'lsm',
  { where: 'security/security.c', commits: [OBJECT, HOOKS] },
  {
    create: 'an error of a program on bpf_token_create is returned by the creation',
    command: 'after an error of a program on bpf_token_cmd, using the token fails with EPERM; creation still works',
    capability: 'after an error of a program on bpf_token_capable, using the token fails with EPERM',
    allow: 'a program that returns 0 changes nothing',
    'return-range': 'a program that could return a positive value is rejected',
    free: 'a program can be attached to bpf_token_free',
  },
);

export const recognised = behaviours(
  'recognised',
  { where: 'kernel/bpf/inode.c', commits: ['d17aff807f84'] },
  {
    owner: 'uid= and gid= are present again after the revert',
    delegation: 'the delegation options are present again after the revert',
    command: { statement: 'the command that creates tokens is present again', where: 'kernel/bpf/syscall.c' },
    flags: {
      statement: 'the flags for a token in map creation, program and BTF loading are present again',
      where: 'kernel/bpf/syscall.c',
    },
    userns: 'bpffs can be opened in a user namespace again',
    hooks: { statement: 'the four LSM hooks of tokens are present again', where: 'include/linux/lsm_hook_defs.h' },
  },
);
