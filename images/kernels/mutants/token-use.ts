import { editsOf, mutants } from 'kconform';

const token = editsOf('kernel/bpf/token.c');

/** What kernel/bpf/token.c decides about the use of tokens, and the hooks of security modules. */
export default mutants([
  {
    id: 'token-use/cap-sys-admin-not-enough',
    breaks: ['token-map/sys-admin-for-bpf'],
    edits: [
      token('ns_capable(ns, cap) || (cap != CAP_SYS_ADMIN && ns_capable(ns, CAP_SYS_ADMIN))', 'ns_capable(ns, cap)'),
    ],
    mustFail: {
      'token/map-create': ['capabilities.onlySysAdmin'],
      'token/btf-load': ['capabilities.onlySysAdmin'],
      'token/map-types-by-capability': ['sysAdmin.stack', 'sysAdmin.devmap'],
    },
  },
  {
    id: 'token-use/any-capability',
    breaks: ['token-map/no-capability'],
    edits: [token('if (!bpf_ns_capable(userns, cap))', 'if (false)')],
    mustFail: { 'token/map-create': ['token.none', 'capabilities.none'], 'token/btf-load': ['capabilities.none'] },
  },
  {
    id: 'token-use/own-namespace-without-token',
    breaks: ['token-map/without-token', 'token-program/without-token'],
    edits: [token('token ? token->userns : &init_user_ns', 'token ? token->userns : current_user_ns()')],
    mustFail: {
      'token/map-create': ['token.none', 'token.withoutFlag'],
      'token/prog-load': ['token.none'],
      'token/btf-load': ['token.none'],
    },
  },
  {
    id: 'token-use/initial-capabilities-only',
    breaks: ['token-map/delegated'],
    edits: [token('token ? token->userns : &init_user_ns', '&init_user_ns')],
    mustFail: {
      'token/map-create': ['token.delegated'],
      'token/prog-load': ['token.delegated'],
      'token/btf-load': ['token.delegated'],
    },
  },
  {
    id: 'token-use/in-any-namespace',
    breaks: ['scope/nested'],
    edits: [token('token ? token->userns : &init_user_ns', 'token ? current_user_ns() : &init_user_ns')],
    mustFail: { 'token/outside-its-namespace': ['otherNamespace.map', 'nested.program'] },
  },
  {
    id: 'token-use/every-command',
    breaks: ['scope/commands', 'token-btf/not-delegated'],
    edits: [token('if (!(token->allowed_cmds & BIT_ULL(cmd)))', 'if (false)')],
    mustFail: {
      'token/map-create': ['token.commandNotDelegated', 'token.noCommands'],
      'token/prog-load': ['token.commandNotDelegated'],
      'token/btf-load': ['token.commandNotDelegated'],
    },
  },
  {
    id: 'token-use/every-map',
    breaks: ['token-map/not-delegated'],
    edits: [token('return token->allowed_maps & BIT_ULL(type);', 'return true;')],
    mustFail: {
      'token/map-create': ['token.typeNotDelegated', 'token.noMaps'],
      'token/map-types-by-bit': ['neighboursDelegated.stack'],
    },
  },
  {
    id: 'token-use/next-map',
    breaks: ['token-map/delegated'],
    edits: [token('return token->allowed_maps & BIT_ULL(type);', 'return token->allowed_maps & BIT_ULL(type + 1);')],
    mustFail: { 'token/map-types-by-bit': ['delegated.stack', 'neighboursDelegated.stack'] },
  },
  {
    id: 'token-use/every-program',
    breaks: ['token-program/type-not-delegated'],
    edits: [token('return (token->allowed_progs & BIT_ULL(prog_type)) &&', 'return true &&')],
    mustFail: {
      'token/prog-load': ['token.typeNotDelegated', 'token.noTypes'],
      'token/prog-types-by-bit': ['neighboursDelegated.xdp'],
    },
  },
  {
    id: 'token-use/every-attachment',
    breaks: ['token-program/attach-not-delegated'],
    edits: [token('(token->allowed_attachs & BIT_ULL(attach_type));', 'true;')],
    mustFail: {
      'token/prog-load': ['token.attachTypeNotDelegated', 'token.noAttachTypes'],
      'token/prog-attach-types': ['neighboursDelegated.XDP', 'nameless.fixedUpDelegated.kprobe'],
    },
  },
  {
    id: 'token-use/type-or-attachment',
    breaks: ['token-program/type-not-delegated', 'token-program/attach-not-delegated'],
    edits: [token('BIT_ULL(prog_type)) &&', 'BIT_ULL(prog_type)) ||')],
    mustFail: { 'token/prog-load': ['token.typeNotDelegated', 'token.attachTypeNotDelegated'] },
  },
  {
    id: 'token-use/errno-of-closed',
    breaks: ['token-map/bad-token', 'token-program/bad-token', 'token-btf/bad-token'],
    edits: [token('return ERR_PTR(-EBADF);', 'return ERR_PTR(-EINVAL);')],
    mustFail: {
      'token/map-create': ['token.closed', 'initialRoot.closed'],
      'token/prog-load': ['token.closed'],
      'token/btf-load': ['token.closed'],
      'token/interface-present': ['closedToken.map', 'closedToken.program', 'closedToken.btf'],
    },
  },
  {
    id: 'token-use/errno-of-another-file',
    breaks: ['token-map/bad-token', 'token-program/bad-token', 'token-btf/bad-token'],
    edits: [token('return ERR_PTR(-EINVAL);', 'return ERR_PTR(-EBADF);')],
    mustFail: {
      'token/map-create': ['token.directory', 'token.map'],
      'token/prog-load': ['token.directory'],
      'token/btf-load': ['token.directory'],
    },
  },
  {
    id: 'lsm/creation-not-asked',
    breaks: ['lsm/create'],
    edits: [token('err = security_bpf_token_create(token, attr, &path);', 'err = 0;')],
    mustFail: { 'token/lsm-create': ['accessDenied', 'notPermitted'] },
  },
  {
    id: 'lsm/command-not-asked',
    breaks: ['lsm/command'],
    edits: [token('return security_bpf_token_cmd(token, cmd) == 0;', 'return true;')],
    mustFail: { 'token/lsm-command': ['allRefused.map', 'programRefused.program', 'btfRefused.btf'] },
  },
  {
    id: 'lsm/capability-not-asked',
    breaks: ['lsm/capability'],
    edits: [token('if (token && security_bpf_token_capable(token, cap) < 0)', 'if (false)')],
    mustFail: {
      'token/lsm-capability': ['allRefused.child.map', 'bpfRefused.child.btf', 'netAdminRefused.child.program'],
    },
  },
  {
    id: 'lsm/end-not-told',
    breaks: ['lsm/free'],
    edits: [token('security_bpf_token_free(token);', '')],
    mustFail: { 'token/lsm-free': ['closed'] },
  },
]);
