import { behaviours } from 'kconform';

const OPTIONS = '6fe01d3cbb92';
const NAMES = '6c1752e0b6ca';
const CHARACTERS = 'f157f9cb85b4';

export const delegation = behaviours(
  'delegation',
  { where: 'kernel/bpf/inode.c', commits: [OPTIONS] },
  {
    cmds: 'delegate_cmds= delegates commands of bpf(2)',
    maps: 'delegate_maps= delegates types of maps',
    progs: 'delegate_progs= delegates types of programs',
    attachs: 'delegate_attachs= delegates types of attachment',
    number: 'a mask may be written in decimal, octal or hexadecimal, with a plus sign',
    zero: 'a mask of 0 delegates nothing and is not shown',
    any: 'any delegates every bit, and is what a mask with all known bits is shown as',
    'unknown-bits': 'bits that the kernel has no name for are accepted',
    'too-large': 'a mask of more than 64 bits is ERANGE',
    accumulate: 'an option given again adds to what it delegated before',
    'per-mount': 'each mount shows what it delegates itself',
    'nothing-by-default': 'without options nothing is delegated and nothing is shown',
    missing: 'an option without a value, or an empty one, is EINVAL, and the message names the option',
    'failed-option': 'an option that is refused leaves what was delegated before as it was',
    'initial-userns': 'a bpffs of the initial user namespace takes and shows the options too',
    names: { statement: 'each command, map, program and attach type can be delegated by its name', commits: [NAMES] },
    'names-case': { statement: 'names may be written in either case; any may not', commits: [NAMES] },
    'names-list': { statement: 'several names are separated by colons', commits: [NAMES] },
    'names-shown': { statement: 'delegated bits are shown by their names', commits: [NAMES] },
    aliases: {
      statement: 'of the names that an enumeration gives to one number each can be written, and the first is shown',
      commits: [NAMES],
    },
    'full-enumerator': {
      statement: 'the whole name of the enumerator (BPF_PROG_LOAD), or its end mark, is EINVAL',
      commits: [NAMES],
    },
    'names-refused': {
      statement: 'an unknown or empty name, another separator, a space or a minus sign is EINVAL',
      commits: [NAMES],
    },
    'number-then-name': { statement: 'a name after a number adds to it', commits: [NAMES] },
    'no-message': {
      statement: 'a name that is refused leaves no message in the log of the context',
      commits: [NAMES],
    },
    'without-btf': {
      statement: 'a kernel without BTF takes any and numbers, refuses names, and shows masks in hexadecimal',
      commits: [NAMES],
    },
    separators: {
      statement: 'shown names follow the option with = before the first, : before the others, and nothing at the end',
      commits: [CHARACTERS],
    },
    'bit-order': {
      statement: 'names are shown in lower case, without prefix, in the order of their bits and not of the input',
      commits: [CHARACTERS, NAMES],
    },
  },
);

export const strings = behaviours(
  'strings',
  { where: 'kernel/bpf/inode.c', commits: ['1f97c03f43fa'] },
  {
    'freed-any': 'the string of a delegation option with any is freed',
    'freed-number': 'the string of a delegation option with a number is freed',
    'freed-names': 'the string of a delegation option with names is freed',
    'freed-refused': 'the string of a delegation option that is refused is freed',
    'freed-mount': 'the string of a delegation option given to mount(2) is freed',
    'freed-owner': 'the strings of uid=, gid= and mode=, which are not taken apart, are freed',
  },
);

export const privilege = behaviours(
  'privilege',
  { where: 'kernel/bpf/inode.c', commits: [OPTIONS] },
  {
    'fsopen-in-userns': 'root of a user namespace with a mount namespace of its own may fsopen bpffs',
    'fsopen-refused': {
      statement: 'without a mount namespace of its own, or without privilege, fsopen is EPERM',
      where: 'fs/fsopen.c',
    },
    'create-in-userns': 'root of a user namespace may neither create the superblock nor mount it: EPERM',
    'create-by-parent':
      'a privileged process creates it from the context received; it belongs to the user namespace of the opener',
    'delegate-in-userns': 'root of a user namespace may delegate nothing: EPERM for each of the four options',
    'delegate-zero': 'a mask of 0 needs no privilege',
    'delegate-parse-first': 'a value that cannot be read is EINVAL before any question of privilege',
    'delegate-after-mount': 'nor may it after the mount, through fspick',
    'fspick-harmless': 'what fspick in the user namespace does accept (0, a mode) has no effect',
    'holder-of-context':
      'an unprivileged holder of the context in the initial namespace may neither delegate nor create',
    'mount-in-userns': 'root of a user namespace may mount what was created for it, and sees its options there',
    'fsmount-by-child': 'once created, the opener itself may fsmount its context',
    'unmapped-creator': {
      statement: 'a user who is not mapped in the owning namespace may make nothing there: EOVERFLOW; mapped, it may',
      where: 'fs/namei.c',
    },
    'objects-in-userns': 'in a delegated bpffs pinning and getting work, and dotted names are refused, as anywhere',
  },
);
