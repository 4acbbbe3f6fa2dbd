import { editsOf, mutants } from 'kconform';

const syscall = editsOf('kernel/bpf/syscall.c');
const verifier = editsOf('kernel/bpf/verifier.c');
const core = editsOf('kernel/bpf/core.c');

/** Maps, programs and BTF made with a token: the checks of kernel/bpf/syscall.c, the verifier and the compiler. */
export default mutants([
  {
    id: 'token-map/any-command',
    breaks: ['scope/commands'],
    edits: [syscall('if (!bpf_token_allow_cmd(token, BPF_MAP_CREATE) ||', 'if (')],
    mustFail: {
      'token/map-create': ['token.commandNotDelegated', 'token.noCommands'],
      'token/lsm-command': ['mapRefused.map'],
    },
  },
  {
    id: 'token-map/another-command',
    breaks: ['scope/commands'],
    edits: [syscall('bpf_token_allow_cmd(token, BPF_MAP_CREATE)', 'bpf_token_allow_cmd(token, BPF_BTF_LOAD)')],
    mustFail: { 'token/lsm-command': ['mapRefused.map', 'btfRefused.map'] },
  },
  {
    id: 'token-map/any-type',
    breaks: ['token-map/not-delegated'],
    edits: [syscall('!bpf_token_allow_map_type(token, attr->map_type)) {', 'false) {')],
    mustFail: { 'token/map-create': ['token.typeNotDelegated', 'token.noMaps'] },
  },
  {
    id: 'token-map/flag-kept',
    breaks: ['token-map/delegated'],
    edits: [syscall('attr->map_flags &= ~BPF_F_TOKEN_FD;', '')],
    mustFail: { 'token/map-create': ['token.delegated'] },
  },
  {
    id: 'token-map/unprivileged',
    breaks: ['system-call/unprivileged'],
    edits: [syscall('if (sysctl_unprivileged_bpf_disabled && !bpf_token_capable(token, CAP_BPF))', 'if (false)')],
    mustFail: {
      'token/system-call-edges': ['unprivileged.disabled.map'],
      'bpffs/other-users': ['unprivileged.createMap'],
    },
  },
  {
    id: 'token-map/network-maps-for-all',
    breaks: ['token-map/network-map'],
    edits: [
      syscall(
        'case BPF_MAP_TYPE_XSKMAP:\n\t\tif (!bpf_token_capable(token, CAP_NET_ADMIN))',
        'case BPF_MAP_TYPE_XSKMAP:\n\t\tif (false)',
      ),
    ],
    mustFail: { 'token/map-types-by-capability': ['bpf.devmap', 'nothing.devmap'] },
  },
  {
    id: 'token-map/special-fields-for-all',
    breaks: ['token-map/special-fields'],
    edits: [syscall('CAP_BPF)) {\n\t\t\tret = -EPERM;', 'CAP_BPF) && false) {\n\t\t\tret = -EPERM;')],
    mustFail: { 'token/special-fields': ['withoutToken.timer', 'withoutCapBpf.workqueue'] },
  },
  {
    id: 'token-map/special-fields-without-token',
    breaks: ['token-map/special-fields'],
    edits: [syscall('err = map_check_btf(map, token, btf,', 'err = map_check_btf(map, NULL, btf,')],
    mustFail: { 'token/special-fields': ['withToken.timer', 'withToken.workqueue'] },
  },
  {
    id: 'token-program/any-command',
    breaks: ['scope/commands'],
    edits: [syscall('if (!bpf_token_allow_cmd(token, BPF_PROG_LOAD) ||', 'if (')],
    mustFail: { 'token/prog-load': ['token.commandNotDelegated'], 'token/lsm-command': ['programRefused.program'] },
  },
  {
    id: 'token-program/any-type',
    breaks: ['token-program/type-not-delegated', 'token-program/attach-not-delegated'],
    edits: [
      syscall(
        '!bpf_token_allow_prog_type(token, attr->prog_type,',
        'attr->prog_type == U32_MAX && !bpf_token_allow_prog_type(token, attr->prog_type,',
      ),
    ],
    mustFail: { 'token/prog-load': ['token.typeNotDelegated', 'token.attachTypeNotDelegated'] },
  },
  {
    id: 'token-program/attach-type-not-filled-in',
    breaks: ['token-program/attach-fixed-up'],
    edits: [syscall('\n\tbpf_prog_load_fixup_attach_type(attr);', '')],
    mustFail: { 'token/prog-attach-types': ['nameless.fixedUpDelegated.cgroupSock'] },
  },
  {
    id: 'token-program/capability-without-token',
    breaks: ['token-program/delegated'],
    edits: [syscall('bpf_cap = bpf_token_capable(token, CAP_BPF);', 'bpf_cap = bpf_token_capable(NULL, CAP_BPF);')],
    mustFail: { 'token/prog-load': ['token.delegated'] },
  },
  {
    id: 'token-program/unprivileged',
    breaks: ['system-call/unprivileged'],
    edits: [syscall('if (sysctl_unprivileged_bpf_disabled && !bpf_cap)', 'if (false)')],
    mustFail: { 'token/system-call-edges': ['unprivileged.disabled.program'] },
  },
  {
    id: 'token-program/network-programs-for-all',
    breaks: ['token-program/network-program'],
    edits: [syscall('if (is_net_admin_prog_type(type) && !bpf_token_capable(token, CAP_NET_ADMIN))', 'if (false)')],
    mustFail: {
      'token/prog-types-by-capability': ['bpf.xdp', 'perfmon.xdp'],
      'token/lsm-capability': ['netAdminRefused.child.program'],
    },
  },
  {
    id: 'token-program/tracing-programs-for-all',
    breaks: ['token-program/tracing-program'],
    edits: [syscall('if (is_perfmon_prog_type(type) && !bpf_token_capable(token, CAP_PERFMON))', 'if (false)')],
    mustFail: { 'token/prog-types-by-capability': ['bpf.kprobe', 'netAdmin.kprobe'] },
  },
  {
    id: 'token-program/token-forgotten',
    breaks: ['token-program/attach', 'token-program/verifier-trust'],
    edits: [syscall('prog->aux->token = token;', 'prog->aux->token = NULL;')],
    mustFail: {
      'token/verifier-trusts-token': ['withToken.helperOfCapBpf', 'withToken.leakOfPointer'],
      'token/attach-with-token': ['loadedWithToken.link'],
    },
  },
  {
    id: 'token-program/attach-by-initial-capabilities',
    breaks: ['token-program/attach'],
    edits: [syscall('if (!bpf_token_capable(prog->aux->token, CAP_NET_ADMIN))', 'if (!capable(CAP_NET_ADMIN))')],
    mustFail: { 'token/attach-with-token': ['loadedWithToken.link', 'afterCloseOfToken.link'] },
  },
  {
    id: 'token-program/verifier-distrusts',
    breaks: ['token-program/helpers-bpf', 'token-program/verifier-trust'],
    edits: [verifier('bpf_token_capable(env->prog->aux->token, CAP_BPF)', 'bpf_token_capable(NULL, CAP_BPF)')],
    mustFail: { 'token/verifier-trusts-token': ['withToken.loop', 'withToken.function'] },
  },
  {
    id: 'token-program/pointers-distrusted',
    breaks: ['token-program/verifier-trust'],
    edits: [verifier('bpf_allow_ptr_leaks(env->prog->aux->token)', 'bpf_allow_ptr_leaks(NULL)')],
    mustFail: { 'token/verifier-trusts-token': ['withToken.leakOfPointer'] },
  },
  {
    id: 'token-program/unwritten-stack-distrusted',
    breaks: ['token-program/verifier-trust'],
    edits: [verifier('bpf_allow_uninit_stack(env->prog->aux->token)', 'bpf_allow_uninit_stack(NULL)')],
    mustFail: { 'token/verifier-trusts-token': ['withToken.unwrittenStack'] },
  },
  {
    id: 'token-program/symbol-hidden',
    breaks: ['token-program/jit-trust'],
    edits: [core('!bpf_token_capable(fp->aux->token, CAP_BPF))', '!bpf_token_capable(NULL, CAP_BPF))')],
    mustFail: { 'token/jit-and-token': ['listed.withToken'] },
  },
  {
    id: 'token-btf/without-token',
    breaks: ['token-btf/delegated', 'recognised/flags'],
    edits: [syscall('if (attr->btf_flags & ~BPF_F_TOKEN_FD)', 'if (attr->btf_flags)')],
    mustFail: { 'token/btf-load': ['token.delegated', 'token.closed'], 'token/interface-present': ['closedToken.btf'] },
  },
  {
    id: 'token-btf/any-flag',
    breaks: ['token-btf/flags'],
    edits: [syscall('if (attr->btf_flags & ~BPF_F_TOKEN_FD)', 'if (false)')],
    mustFail: { 'token/btf-load': ['flags.lowest', 'flags.nextAfterTokenFd'] },
  },
  {
    id: 'token-btf/any-command',
    breaks: ['token-btf/not-delegated'],
    edits: [syscall('if (!bpf_token_allow_cmd(token, BPF_BTF_LOAD)) {', 'if (false) {')],
    mustFail: { 'token/btf-load': ['token.commandNotDelegated'], 'token/lsm-command': ['btfRefused.btf'] },
  },
  {
    id: 'token-btf/for-all',
    breaks: ['token-btf/not-delegated'],
    edits: [
      syscall(
        'if (!bpf_token_capable(token, CAP_BPF)) {\n\t\tbpf_token_put(token);',
        'if (false) {\n\t\tbpf_token_put(token);',
      ),
    ],
    mustFail: {
      'token/btf-load': ['token.none', 'capabilities.none'],
      'token/system-call-edges': ['unprivileged.enabled.btf'],
    },
  },
]);
