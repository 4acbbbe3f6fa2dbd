import { behaviours } from 'kconform';

export const systemCall = behaviours(
  'system-call',
  { where: 'kernel/bpf/syscall.c' },
  {
    'unknown-command': 'a command that there is not is EINVAL',
    unprivileged: {
      statement: 'where unprivileged bpf is disabled, creating maps and loading programs and BTF is EPERM',
      commits: ['08389d888287'],
    },
    'read-only-map': {
      statement: 'a map created read-only gives a read-only descriptor: update is EPERM',
      commits: ['6e71b04a8224'],
    },
    'btf-key': 'a map with BTF for its value needs BTF for its key: EINVAL without',
  },
);

/** What the kernel does against its documentation, or against what most people would expect. */
export const memory = behaviours(
  'memory',
  { where: 'kernel/bpf/inode.c', commits: ['d2935de7e4fd'] },
  {
    mounts: 'what a context and a mount took is freed with them, also where options are refused',
    names: 'the target of a symbolic link, and a directory, are freed with their last name',
    pins: 'opening, pinning and getting a pin leaves nothing behind, done or refused',
    'map-files': 'the file of a map is freed when it is closed',
    exhausted: {
      statement: 'where an allocation fails, the call fails, and nothing else does',
      commits: ['d2935de7e4fd', '35f96de04127'],
    },
    'refused-tokens': {
      statement: 'the file of a token that a security module refuses is released',
      where: 'kernel/bpf/token.c',
      commits: ['35f96de04127', 'f568a3d49af9'],
    },
    tokens: { statement: 'a token is freed when it is closed', where: 'kernel/bpf/token.c', commits: ['35f96de04127'] },
  },
);

export const quirks = behaviours(
  'quirk',
  { where: 'kernel/bpf/inode.c' },
  {
    'number-overwrites': {
      statement: 'a number in a list of names throws away the bits before it, and a token made of it lacks them',
      commits: ['6c1752e0b6ca'],
    },
    'token-outside-userns': {
      statement: 'the owner of the user namespace may use its token from the initial one, without any capability',
      where: 'kernel/bpf/token.c',
      commits: ['6fe01d3cbb92', '35f96de04127'],
    },
    'dots-in-mode-0': 'in a directory without any permission root may use names with dots',
    'hidden-bits': {
      statement: 'unknown bits are not shown by the mount, yet are in the token',
      commits: ['6fe01d3cbb92', '6c1752e0b6ca'],
    },
    'symlink-size': 'the size of a symbolic link is 0',
    'read-only-escalation': 'a read-only descriptor of a map, pinned, can be had read-write',
    'pin-closed-fd': 'pinning a closed descriptor is EINVAL rather than EBADF',
    'info-closed-fd': {
      statement: 'asking for information about a closed descriptor is EBADFD rather than EBADF',
      where: 'kernel/bpf/syscall.c',
    },
    'strict-cap-bpf': {
      statement: 'creating a token insists on CAP_BPF, for which CAP_SYS_ADMIN stands everywhere else',
      where: 'kernel/bpf/token.c',
      commits: ['35f96de04127'],
    },
    'token-constants-hidden': {
      statement: 'bpf_jit_harden=1 hides the constants of a program whose token stands for CAP_BPF',
      where: 'kernel/bpf/core.c',
      commits: ['d79a35497547'],
    },
    'mode-0-token': {
      statement: 'a root directory without any permission does not stop the creation of a token',
      where: 'kernel/bpf/token.c',
      commits: ['35f96de04127'],
    },
    'btf-walk-cost': {
      statement: 'each delegation option and each showing of it walks the BTF of the kernel',
      commits: ['6c1752e0b6ca'],
      unobserved:
        'a cost that nobody promised to keep: 70 times the CPU time of uid= on 6.12.117, 24 times for a table of mounts',
    },
    'preload-errors': 'a failure to preload iterators does not fail the mount',
    'no-memory': 'a name whose inode there is no memory for is ENOSPC, not ENOMEM',
    'errno-524': {
      statement:
        'an LRU map without preallocation, and flags in the header of BTF, are errno 524, which has no name in libc',
      where: 'kernel/bpf/hashtab.c',
    },
  },
);
