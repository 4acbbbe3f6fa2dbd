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
    create: 'root of the user namespace that owns a delegated bpffs gets a token from its root directory',
    'create-cap-bpf': 'CAP_BPF alone is enough',
    'create-without-cap-bpf': 'without CAP_BPF it is EPERM, with CAP_SYS_ADMIN too',
    'create-bind-mount': 'a bind mount of the root directory will do',
    'create-read-only': 'a read-only bpffs will do',
    'create-one-mask': 'one delegated mask of the four will do',
    'create-nothing-delegated': 'a bpffs that delegates nothing is ENOENT',
    'create-initial-userns': 'in the initial user namespace it is EOPNOTSUPP, or EPERM without CAP_BPF',
    'create-other-userns': 'who is in another user namespace than the bpffs, above or below, gets EPERM',
    'create-not-root-directory': 'a subdirectory, or a bind mount of one, is EINVAL',
    'create-not-bpffs': 'another file system, or a pipe, is EINVAL',
    'create-bad-fd': 'a closed or negative descriptor is EBADF',
    'create-o-path': 'a descriptor opened with O_PATH, such as the one of fsmount, is EBADF',
    'create-flags': 'flags are EINVAL',
    'create-attribute': 'of the attribute only the token part may be set; short ones count as filled with zeros',
    descriptor: 'the descriptor is close-on-exec, opened read-write, and named bpf-token',
    stat: 'its file has mode 0600 less the umask, no links, and is on the device of the bpffs',
    fdinfo: 'fdinfo tells the four masks, in hexadecimal or as any',
    operations: 'reading, writing, seeking, mapping, ioctl, pinning and asking for its information are refused',
    information: {
      statement: 'its four masks can be asked for by its descriptor (since 6.17)',
      where: 'kernel/bpf/token.c',
      commits: ['19d18fdfc792'],
    },
    'busy-umount': 'while a token is open the mount is busy; after its close it can be unmounted',
    'busy-read-only': 'while a token is open the bpffs cannot become read-only; after its close it can',
    'outlives-close': 'what a token allowed stays when the token is closed',
    freed: 'however its uses ended, a token is freed when it is closed and no program loaded with it is left',
    'outlives-bpffs':
      'a token works without any descriptor or mount of its bpffs, and when its namespace has no process',
    'unknown-command': 'a kernel without tokens refuses the command with EINVAL',
  },
);

export const scope = behaviours(
  'scope',
  { where: 'kernel/bpf/token.c', commits: [OBJECT, OPTIONS] },
  {
    'initial-root': 'root of the initial namespace may use a token it was given',
    'initial-other': 'another user of the initial namespace may not',
    nested: 'a nested user namespace may not use the token of its parent',
    'ids-stay-privileged': {
      statement: 'getting objects by id, and walking ids, stays refused in the namespace, token or not',
      where: 'kernel/bpf/syscall.c',
    },
    commands: 'a token allows the commands delegated and no others',
    'empty-commands': 'a token without commands allows nothing, whatever its types',
    'capability-in-userns': 'beside the token the capability is needed in the user namespace',
  },
);

export const tokenMap = behaviours(
  'token-map',
  { where: 'kernel/bpf/syscall.c', commits: [MAP] },
  {
    delegated: 'a map of a delegated type can be created with the token',
    'not-delegated': 'a map of any other type is EPERM',
    'without-token': 'without the token it is EPERM, for all the capabilities in the namespace',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor is EBADF and one of something else EINVAL',
    'no-capability': 'the token alone, without capabilities in the namespace, is EPERM',
    'sys-admin-for-bpf': 'CAP_SYS_ADMIN in the namespace stands for CAP_BPF',
    'network-map': 'a device map needs CAP_NET_ADMIN in the namespace besides',
    'special-fields': 'a value with a timer or a work queue asks for CAP_BPF in the namespace',
    'flag-not-stored': 'the flag that announces the token is not among the flags of the map',
    'checks-first': 'what is wrong with the map itself is told before the token is looked at',
  },
);

export const tokenProgram = behaviours(
  'token-program',
  { where: 'kernel/bpf/syscall.c', commits: [PROGRAM] },
  {
    delegated: 'a program of a delegated type and attach type can be loaded with the token',
    'type-not-delegated': 'a program of any other type is EPERM',
    'attach-not-delegated': 'a delegated program with another attach type is EPERM',
    'attach-zero': 'a program without an attach type counts as attach type 0, which must be delegated',
    'attach-fixed-up': 'the attach type that the kernel fills in for old programs is the one that must be delegated',
    'unknown-type': 'an unknown program or attach type is EPERM, as without a token',
    'without-token': 'without the token it is EPERM',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor is EBADF and one of something else EINVAL',
    'helpers-bpf': 'helpers that need CAP_BPF can be called',
    'helpers-perfmon': 'helpers that need CAP_PERFMON can be called with that capability, and are unknown without',
    'verifier-trust': {
      statement:
        'the verifier trusts the loader as the capabilities in the namespace tell: loops, functions, length, pointers',
      where: 'kernel/bpf/verifier.c',
    },
    'jit-trust': { statement: 'the symbol of the program is listed', where: 'kernel/bpf/core.c' },
    attach: 'a program remembers its token: attaching it to a cgroup asks for CAP_NET_ADMIN in the namespace',
    'network-program': 'without CAP_NET_ADMIN in the namespace a network program is EPERM',
    'tracing-program': 'without CAP_PERFMON in the namespace a tracing program is EPERM',
  },
);

export const tokenBtf = behaviours(
  'token-btf',
  { where: 'kernel/bpf/syscall.c', commits: [OBJECT] },
  {
    delegated: 'BTF can be loaded with a token that delegates it',
    'not-delegated': 'with another token, or none, it is EPERM',
    'without-flag': 'a token descriptor without the flag is ignored: EPERM',
    'bad-token': 'with the flag, a closed descriptor is EBADF and one of something else EINVAL',
    flags: 'any other flag is EINVAL',
  },
);

export const lsm = behaviours(
  'lsm',
  { where: 'security/security.c', commits: [OBJECT, HOOKS] },
  {
    create: 'a program on bpf_token_create decides: the error it returns is the error of creation',
    command: 'a program on bpf_token_cmd that refuses leaves creation alone and makes use EPERM',
    capability: 'a program on bpf_token_capable that refuses makes use EPERM',
    allow: 'a program that returns 0 changes nothing',
    'return-range': 'a program that could return a positive value is not loaded',
    free: 'a program can be attached to bpf_token_free',
  },
);

export const recognised = behaviours(
  'recognised',
  { where: 'kernel/bpf/inode.c', commits: ['d17aff807f84'] },
  {
    owner: 'uid= and gid= are there again after the revert',
    delegation: 'the delegation options are there again after the revert',
    command: { statement: 'the command that creates tokens is there again', where: 'kernel/bpf/syscall.c' },
    flags: {
      statement: 'the flags that announce a token to map creation, program and BTF loading are there again',
      where: 'kernel/bpf/syscall.c',
    },
    userns: 'bpffs can be opened in a user namespace again',
    hooks: { statement: 'the four LSM hooks of tokens are there again', where: 'include/linux/lsm_hook_defs.h' },
  },
);
