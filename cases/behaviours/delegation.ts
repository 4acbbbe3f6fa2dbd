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
    any: '"any" delegates every bit; a mask with all known bits is shown as "any"',
    'unknown-bits': 'bits without a name are accepted',
    'too-large': 'a mask of more than 64 bits fails with ERANGE',
    accumulate: 'repeating an option adds to the bits that it delegates',
    'per-mount': 'each mount shows its own delegation',
    'nothing-by-default': 'without options nothing is delegated and nothing is shown',
    missing: 'an option without a value, or with an empty one, fails with EINVAL and a message that names the option',
    'failed-option': 'an option that fails does not change the bits delegated before',
    'initial-userns': 'a bpffs of the initial user namespace accepts and shows the options too',
    names: { statement: 'each command, map, program and attach type can be delegated by its name', commits: [NAMES] },
    'names-case': { statement: 'names may be written in either case; any may not', commits: [NAMES] },
    'names-list': { statement: 'several names are separated by colons', commits: [NAMES] },
    'names-shown': { statement: 'delegated bits are shown by their names', commits: [NAMES] },
    aliases: {
      statement: 'if several names of an enumeration have the same number, each is accepted and the first is shown',
      commits: [NAMES],
    },
    'full-enumerator': {
      statement: 'the full name of the enumerator (BPF_PROG_LOAD), or its end mark, fails with EINVAL',
      commits: [NAMES],
    },
    'names-refused': {
      statement: 'an unknown or empty name, another separator, a space or a minus sign fails with EINVAL',
      commits: [NAMES],
    },
    'number-then-name': { statement: 'a name after a number adds to it', commits: [NAMES] },
    'no-message': {
      statement: 'a rejected name leaves no message in the log of the context',
      commits: [NAMES],
    },
    'without-btf': {
      statement: 'a kernel without BTF accepts "any" and numbers, rejects names, and shows masks in hexadecimal',
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
    'freed-any': 'the string of a delegation option with "any" is freed',
    'freed-number': 'the string of a delegation option with a number is freed',
    'freed-names': 'the string of a delegation option with names is freed',
    'freed-refused': 'the string of a rejected delegation option is freed',
    'freed-mount': 'the string of a delegation option of mount(2) is freed',
    'freed-owner': 'the strings of uid=, gid= and mode= are freed',
  },
);

export const privilege = behaviours(
  'privilege',
  { where: 'kernel/bpf/inode.c', commits: [OPTIONS] },
  {
    'fsopen-in-userns': 'root of a user namespace with its own mount namespace can fsopen bpffs',
    'fsopen-refused': {
      statement: 'without its own mount namespace, or without privilege, fsopen fails with EPERM',
      where: 'fs/fsopen.c',
    },
    'create-in-userns': 'root of a user namespace can neither create the superblock nor mount it: EPERM',
    'create-by-parent':
      'a privileged process creates the superblock from a received context; it belongs to the user namespace of the opener',
    'delegate-in-userns': 'root of a user namespace cannot delegate: EPERM for each of the four options',
    'delegate-zero': 'a mask of 0 needs no privilege',
    'delegate-parse-first': 'an invalid value fails with EINVAL before privileges are checked',
    'delegate-after-mount': 'root of a user namespace cannot delegate after the mount either, through fspick',
    'fspick-harmless': 'the options that fspick accepts in the user namespace (0, a mode) have no effect',
    'holder-of-context':
      'an unprivileged holder of the context in the initial namespace can neither delegate nor create',
    'mount-in-userns':
      'root of a user namespace can mount the superblock that was created for it, and sees the options there',
    'fsmount-by-child': 'after create the opener itself can fsmount its context',
    'unmapped-creator': {
      statement: 'a user who is not mapped in the owning namespace cannot create files: EOVERFLOW; a mapped user can',
      where: 'fs/namei.c',
    },
    'objects-in-userns': 'in a delegated bpffs OBJ_PIN and OBJ_GET work and names with a dot fail, as in any bpffs',
  },
);
