import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');

/** delegate_cmds=, delegate_maps=, delegate_progs= and delegate_attachs=: how they are read, kept and shown. */
export default mutants([
  {
    id: 'delegation/any-is-one-bit',
    breaks: ['delegation/any'],
    edits: [inode('msk |= ~0ULL;', 'msk |= 1;')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_cmds=any', 'shown.delegate_attachs=any'] },
  },
  {
    id: 'delegation/any-in-either-case',
    breaks: ['delegation/names-case'],
    edits: [inode('if (strcmp(p, "any") == 0)', 'if (strcasecmp(p, "any") == 0)')],
    mustFail: { 'bpffs/delegate-names': ['refused.delegate_cmds=ANY'] },
  },
  {
    id: 'delegation/last-wins',
    breaks: ['delegation/accumulate'],
    edits: [inode('*delegate_msk |= msk;', '*delegate_msk = msk;')],
    mustFail: {
      'bpffs/delegate-together': [
        'shown.delegate_maps=0x1,delegate_maps=0x2',
        'shown.delegate_maps=hash,delegate_maps=0',
      ],
    },
  },
  {
    id: 'delegation/refused-option-applied',
    breaks: ['delegation/failed-option'],
    edits: [inode('msk |= 1ULL << val;', '*delegate_msk |= msk |= 1ULL << val;')],
    mustFail: { 'bpffs/delegate-together': ['afterRefusal'] },
  },
  {
    id: 'delegation/something-by-default',
    breaks: ['delegation/nothing-by-default'],
    edits: [inode('opts->delegate_cmds = 0;', 'opts->delegate_cmds = 1;')],
    mustFail: { 'bpffs/delegate-together': ['shown[""]'], 'token/create-delegation': ['nothing', 'zeros'] },
  },
  {
    id: 'delegation/by-anybody',
    breaks: ['privilege/delegate-in-userns', 'privilege/delegate-after-mount', 'privilege/holder-of-context'],
    edits: [inode('if (msk && !capable(CAP_SYS_ADMIN))', 'if (false)')],
    mustFail: {
      'token/delegating-in-userns': ['inUserns.any.cmds', 'byRoot.allButCapSysAdmin.progs', 'afterMount.any.attachs'],
      'token/context-in-other-hands': ['byOwner.delegate'],
    },
  },
  {
    id: 'delegation/by-root-of-its-namespace',
    breaks: ['privilege/delegate-in-userns'],
    edits: [inode('if (msk && !capable(CAP_SYS_ADMIN))', 'if (msk && !ns_capable(fc->user_ns, CAP_SYS_ADMIN))')],
    mustFail: { 'token/delegating-in-userns': ['inUserns.number.cmds', 'inUserns.any.maps'] },
  },
  {
    id: 'delegation/by-another-capability',
    breaks: ['privilege/delegate-in-userns'],
    edits: [inode('if (msk && !capable(CAP_SYS_ADMIN))', 'if (msk && !capable(CAP_BPF))')],
    mustFail: {
      'token/delegating-in-userns': ['byRoot.onlyCapSysAdmin.cmds', 'byRoot.allButCapSysAdmin.cmds'],
    },
  },
  {
    id: 'delegation/zero-needs-privilege',
    breaks: ['privilege/delegate-zero', 'privilege/fspick-harmless'],
    edits: [inode('if (msk && !capable(CAP_SYS_ADMIN))', 'if (!capable(CAP_SYS_ADMIN))')],
    mustFail: {
      'token/delegating-in-userns': ['inUserns.zero.cmds', 'afterMount.zero.maps'],
      'token/context-in-other-hands': ['byOwner.delegateNothing'],
    },
  },
  {
    id: 'delegation/errno-of-the-unprivileged',
    breaks: ['privilege/delegate-in-userns'],
    edits: [
      inode(
        'if (msk && !capable(CAP_SYS_ADMIN))\n\t\t\treturn -EPERM;',
        'if (msk && !capable(CAP_SYS_ADMIN))\n\t\t\treturn -EACCES;',
      ),
    ],
    mustFail: { 'token/delegating-in-userns': ['inUserns.any.cmds', 'afterMount.any.cmds'] },
  },
  {
    id: 'delegation/maps-for-commands',
    breaks: ['delegation/maps'],
    edits: [inode('delegate_msk = &opts->delegate_maps;', 'delegate_msk = &opts->delegate_cmds;')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_maps=any'] },
  },
  {
    id: 'delegation/attachs-for-programs',
    breaks: ['delegation/attachs'],
    edits: [inode('delegate_msk = &opts->delegate_attachs;', 'delegate_msk = &opts->delegate_progs;')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_attachs=any'] },
  },
  {
    id: 'delegation/other-prefix',
    breaks: ['delegation/names'],
    edits: [inode('enum_pfx = "BPF_PROG_TYPE_";', 'enum_pfx = "BPF_";')],
    mustFail: { 'bpffs/delegate-names': ['accepted.delegate_progs=kprobe'] },
  },
  {
    id: 'delegation/other-enumeration',
    breaks: ['delegation/names'],
    edits: [inode('enum_t = info.attach_t;', 'enum_t = info.cmd_t;')],
    mustFail: { 'bpffs/delegate-names': ['accepted.delegate_attachs=xdp'] },
  },
  {
    id: 'delegation/names-in-capitals-only',
    breaks: ['delegation/names-case'],
    edits: [inode('if (strcasecmp(name + pfx_len, str) == 0)', 'if (strcmp(name + pfx_len, str) == 0)')],
    mustFail: { 'bpffs/delegate-names': ['accepted.delegate_cmds=prog_load', 'accepted.delegate_cmds=MAP_create'] },
  },
  {
    id: 'delegation/full-enumerators',
    breaks: ['delegation/full-enumerator'],
    edits: [
      inode(
        'if (strcasecmp(name + pfx_len, str) == 0)',
        'if (strcasecmp(name + pfx_len, str) == 0 || strcasecmp(name, str) == 0)',
      ),
    ],
    mustFail: {
      'bpffs/delegate-names': ['refused.delegate_cmds=BPF_PROG_LOAD', 'refused.delegate_progs=BPF_PROG_TYPE_XDP'],
    },
  },
  {
    id: 'delegation/beginnings-of-names',
    breaks: ['delegation/names-refused'],
    edits: [
      inode('if (strcasecmp(name + pfx_len, str) == 0)', 'if (strncasecmp(name + pfx_len, str, strlen(str)) == 0)'),
    ],
    mustFail: { 'bpffs/delegate-names': ['refused.delegate_cmds=prog_loa', 'refused.delegate_cmds=:'] },
  },
  {
    id: 'delegation/another-separator',
    breaks: ['delegation/names-list'],
    edits: [inode('strsep(&str, ":")', 'strsep(&str, "|")')],
    mustFail: {
      'bpffs/delegate-names': [
        'accepted.delegate_cmds=prog_load:MAP_CREATE',
        'refused.delegate_cmds=prog_load|map_create',
      ],
    },
  },
  {
    id: 'delegation/numbers-in-hexadecimal',
    breaks: ['delegation/number'],
    edits: [inode('err = kstrtou64(p, 0, &msk);', 'err = kstrtou64(p, 16, &msk);')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_cmds=33', 'shown.delegate_cmds=041'] },
  },
  {
    id: 'delegation/errno-of-too-large',
    breaks: ['delegation/too-large'],
    edits: [inode('err = kstrtou64(p, 0, &msk);', 'err = kstrtou64(p, 0, &msk) ? -EINVAL : 0;')],
    mustFail: {
      'bpffs/delegate-numbers': ['shown.delegate_cmds=0x10000000000000000'],
      'bpffs/context-log': ['configured.cmdsTooLarge'],
    },
  },
  {
    id: 'delegation/unreadable-ignored',
    breaks: ['delegation/names-refused', 'delegation/too-large', 'privilege/delegate-parse-first'],
    edits: [inode('err = kstrtou64(p, 0, &msk);', 'err = kstrtou64(p, 0, &msk) & 0;')],
    mustFail: {
      'bpffs/delegate-names': ['refused.delegate_cmds=bogus', 'refused.delegate_cmds=-1'],
      'bpffs/delegate-numbers': ['shown.delegate_maps=18446744073709551616'],
      'token/delegating-in-userns': ['inUserns.unreadable.cmds'],
    },
  },
  {
    id: 'delegation/number-adds',
    breaks: ['quirk/number-overwrites'],
    edits: [
      inode(
        'err = kstrtou64(p, 0, &msk);',
        'u64 before = msk;\n\t\t\t\terr = kstrtou64(p, 0, &msk);\n\t\t\t\tmsk |= before;',
      ),
    ],
    mustFail: {
      'bpffs/delegate-number-after-name': ['shown.delegate_cmds=prog_load:0x1', 'shown.delegate_cmds=0x1:0x2'],
      'token/mask-quirks': ['nameThenNumber.shown', 'anyThenNumber.shown'],
    },
  },
  {
    id: 'delegation/comma-shown',
    breaks: ['delegation/separators'],
    edits: [inode("seq_putc(m, first ? '=' : ':');", "seq_putc(m, first ? '=' : ',');")],
    mustFail: { 'bpffs/delegate-names': ['accepted.delegate_cmds=prog_load:MAP_CREATE'] },
  },
  {
    id: 'delegation/colon-first',
    breaks: ['delegation/separators'],
    edits: [inode("seq_putc(m, first ? '=' : ':');", "seq_putc(m, ':');")],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_cmds=0x1'] },
  },
  {
    id: 'delegation/capitals-shown',
    breaks: ['delegation/names-shown'],
    edits: [inode('seq_putc(m, tolower(*name));', 'seq_putc(m, *name);')],
    mustFail: {
      'bpffs/delegate-numbers': ['shown.delegate_cmds=0x1'],
      'bpffs/delegate-all-names': ['delegate_progs[6]'],
    },
  },
  {
    id: 'delegation/prefix-shown',
    breaks: ['delegation/names-shown'],
    edits: [inode('name += pfx_len;', '')],
    mustFail: {
      'bpffs/delegate-numbers': ['shown.delegate_cmds=0x1'],
      'bpffs/delegate-all-names': ['delegate_progs[6]'],
    },
  },
  {
    id: 'delegation/aliases-shown',
    breaks: ['delegation/aliases'],
    edits: [inode('delegate_msk &= ~msk;', '')],
    mustFail: {
      'bpffs/delegate-names': ['accepted.delegate_cmds=prog_run'],
      'bpffs/delegate-numbers': ['shown.delegate_cmds=0x1'],
    },
  },
  {
    id: 'delegation/unknown-bits-shown',
    breaks: ['delegation/unknown-bits'],
    edits: [inode('delegate_msk &= any_msk; /* clear unknown bits */', '')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_cmds=0x8000000000000000', 'shown.delegate_cmds=any'] },
  },
  {
    id: 'delegation/any-not-shown',
    breaks: ['delegation/any'],
    edits: [inode('if (delegate_msk == any_msk) {', 'if (false) {')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_cmds=any', 'shown.delegate_maps=0xffffffffffffffff'] },
  },
  {
    id: 'delegation/any-by-another-word',
    breaks: ['delegation/any'],
    edits: [inode('"=any"', '"=all"')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_progs=any'] },
  },
  {
    id: 'delegation/last-command-hidden',
    breaks: ['delegation/names-shown'],
    edits: [inode('(1ULL << __MAX_BPF_CMD) - 1', '(1ULL << (__MAX_BPF_CMD - 1)) - 1')],
    mustFail: { 'bpffs/delegate-all-names': ['delegate_cmds[36]'] },
  },
  {
    id: 'delegation/last-map-hidden',
    breaks: ['delegation/names-shown'],
    edits: [inode('(1ULL << __MAX_BPF_MAP_TYPE) - 1', '(1ULL << (__MAX_BPF_MAP_TYPE - 1)) - 1')],
    mustFail: { 'bpffs/delegate-all-names': ['delegate_maps[33]'] },
  },
  {
    id: 'delegation/last-program-hidden',
    breaks: ['delegation/names-shown'],
    edits: [inode('(1ULL << __MAX_BPF_PROG_TYPE) - 1', '(1ULL << (__MAX_BPF_PROG_TYPE - 1)) - 1')],
    mustFail: { 'bpffs/delegate-all-names': ['delegate_progs[32]'] },
  },
  {
    id: 'delegation/last-attachment-hidden',
    breaks: ['delegation/names-shown'],
    edits: [inode('(1ULL << __MAX_BPF_ATTACH_TYPE) - 1', '(1ULL << (__MAX_BPF_ATTACH_TYPE - 1)) - 1')],
    mustFail: { 'bpffs/delegate-all-names': ['delegate_attachs[56]'] },
  },
  {
    id: 'delegation/maps-alone-not-shown',
    breaks: ['delegation/maps'],
    edits: [inode('if (opts->delegate_cmds || opts->delegate_maps ||', 'if (opts->delegate_cmds ||')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_maps=any', 'shown.delegate_maps=0x1'] },
  },
  {
    id: 'delegation/progs-shown-as-prog',
    breaks: ['delegation/progs'],
    edits: [inode('seq_print_delegate_opts(m, "delegate_progs",', 'seq_print_delegate_opts(m, "delegate_prog",')],
    mustFail: { 'bpffs/delegate-numbers': ['shown.delegate_progs=any'] },
  },
  {
    id: 'delegation/enumerators-of-any-prefix',
    breaks: ['delegation/names-refused'],
    edits: [
      inode(
        'strncasecmp(name, prefix, pfx_len) != 0)\n\t\t\tcontinue;\n\n\t\t/* match',
        'false)\n\t\t\tcontinue;\n\n\t\t/* match',
      ),
    ],
    mustFail: {
      'bpffs/delegate-names': ['refused.delegate_cmds=X_BPF_CMD', 'refused.delegate_attachs=X_BPF_ATTACH_TYPE'],
    },
  },
]);
