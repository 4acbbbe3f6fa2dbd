import { behaviours } from 'kconform';

export const systemCall = behaviours(
  'system-call',
  { where: 'kernel/bpf/syscall.c' },
  {
    'unknown-command': 'an unknown command fails with EINVAL',
    unprivileged: {
      statement: 'if unprivileged bpf is disabled, creating maps and loading programs and BTF fail with EPERM',
      commits: ['08389d888287'],
    },
    'read-only-map': {
      statement: 'a map created read-only has a read-only descriptor: update fails with EPERM',
      commits: ['6e71b04a8224'],
    },
    'map-attributes': 'BPF_MAP_CREATE refuses a wrong node, access, device, name or BTF, each with its errno',
    'load-attributes': 'BPF_PROG_LOAD refuses wrong instructions, licences and names, each with its errno',
    'load-information': 'a program shows when and by whom it was loaded',
    'load-device': 'BPF_PROG_LOAD refuses a device that is missing, cannot run the program, or is not for its type',
    'load-target': {
      statement: 'BPF_PROG_LOAD refuses a target that is no target for the program, and then holds no reference to it',
    },
    'btf-key': 'a map with BTF for its value requires BTF for its key, or fails with EINVAL',
  },
);

/** What the kernel does against its documentation, or against what most people would expect. */
export const memory = behaviours(
  'memory',
  { where: 'kernel/bpf/inode.c', commits: ['d2935de7e4fd'] },
  {
    mounts: 'the memory of a context and a mount is freed with them, also after rejected options',
    names: 'the target of a symbolic link, and a directory, are freed when their last name is removed',
    pins: 'opening, pinning and getting a pin leaves no memory behind, successful or failed',
    'map-files': 'the file of a map is freed when it is closed',
    exhausted: {
      statement: 'if an allocation fails, only the call fails',
      commits: ['d2935de7e4fd', '35f96de04127'],
    },
    'refused-tokens': {
      statement: 'the file of a token that a security module rejects is released',
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
      statement: 'a number in a list of names discards the bits before it, and its token lacks them',
      commits: ['6c1752e0b6ca'],
    },
    'token-outside-userns': {
      statement: 'the owner of the user namespace can use its token from the initial one, without any capability',
      where: 'kernel/bpf/token.c',
      commits: ['6fe01d3cbb92', '35f96de04127'],
    },
    'dots-in-mode-0': 'in a directory without any permission root can use names with dots',
    'hidden-bits': {
      statement: 'the mount does not show unknown bits, but the token has them',
      commits: ['6fe01d3cbb92', '6c1752e0b6ca'],
    },
    'symlink-size': 'the size of a symbolic link is 0',
    'read-only-escalation': 'pinning a read-only descriptor of a map and reopening it gives a read-write descriptor',
    'pin-closed-fd': 'pinning a closed descriptor fails with EINVAL, not EBADF',
    'info-closed-fd': {
      statement: 'BPF_OBJ_GET_INFO_BY_FD of a closed descriptor fails with EBADFD, not EBADF',
      where: 'kernel/bpf/syscall.c',
    },
    'strict-cap-bpf': {
      statement: 'creating a token requires CAP_BPF itself; everywhere else CAP_SYS_ADMIN includes it',
      where: 'kernel/bpf/token.c',
      commits: ['35f96de04127'],
    },
    'token-constants-hidden': {
      statement: 'bpf_jit_harden=1 blinds the constants of a program whose token provides CAP_BPF',
      where: 'kernel/bpf/core.c',
      commits: ['d79a35497547'],
    },
    'mode-0-token': {
      statement: 'a root directory without any permission does not stop the creation of a token',
      where: 'kernel/bpf/token.c',
      commits: ['35f96de04127'],
    },
    'btf-walk-cost': {
      statement: 'each parsing and each printing of a delegation option walks the BTF of the kernel',
      commits: ['6c1752e0b6ca'],
      unobserved:
        'a cost without a documented limit: 70 times the CPU time of uid= on 6.12.117, 24 times for a table of mounts',
    },
    'preload-errors': 'a failure to preload iterators does not fail the mount',
    'no-memory': 'creating a name fails with ENOSPC, not ENOMEM, if there is no memory for the inode',
    'errno-524': {
      statement:
        'an LRU map without preallocation, and flags in the header of BTF, fail with errno 524, which has no name in libc',
      where: 'kernel/bpf/hashtab.c',
    },
  },
);
