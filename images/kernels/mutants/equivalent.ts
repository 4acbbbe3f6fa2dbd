import { equivalentMutants } from 'kconform';

const inode = { file: 'kernel/bpf/inode.c' } as const;
const token = { file: 'kernel/bpf/token.c' } as const;
const syscall = { file: 'kernel/bpf/syscall.c' } as const;

const EVERY_BIT_HAS_A_NAME = 'every bit has a name, so that after the last enumerator no bit is left to print';
const PRELOAD_BUILT_IN =
  'plain has the iterators built in: bpf_preload_ops is set before the first mount, and there are no modules to load';

/** Mutants that are as good as the unedited kernel for all that a case can do, as `prove --mutate` tells them. */
export default equivalentMutants([
  {
    ...inode,
    function: 'bpf_inode_type',
    change: '*type = BPF_TYPE_UNSPEC; → nothing',
    why: 'no caller looks at the type where the function returns an error, and else it is set below',
  },
  {
    ...inode,
    function: 'bpf_init_fs_context',
    change: 'opts->delegate_cmds = 0; → nothing',
    why: 'the memory comes zeroed from kzalloc',
  },
  {
    ...inode,
    function: '__get_prog_inode',
    why: 'only the iptables match xt_bpf gets there, which no profile has, and which no case uses on published kernels',
  },
  {
    ...inode,
    function: 'seq_print_delegate_opts',
    change: 'for (i = 0, n = btf_vlen(enum_t); i < n; i++) { → for (i = 0, n = btf_vlen(enum_t); i <= n; i++) {',
    why: EVERY_BIT_HAS_A_NAME,
  },
  {
    ...inode,
    function: 'find_bpffs_btf_enums',
    change: 'for (i = 1, n = btf_nr_types(btf); i < n; i++) { → for (i = 1, n = btf_nr_types(btf); i <= n; i++) {',
    why: 'the walk ends when the four types are found, and the BTF of every kernel has them',
  },
  {
    ...inode,
    function: 'bpf_preload_mod_get',
    change: 'if (!bpf_preload_ops) { → if (!(!bpf_preload_ops)) {',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'bpf_preload_mod_get',
    change: 'if (!bpf_preload_ops) { → if (false) {',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'bpf_preload_mod_get',
    change: 'if (!bpf_preload_ops) → if (!(!bpf_preload_ops))',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'bpf_preload_mod_get',
    change: 'if (!bpf_preload_ops) → if (false)',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'bpf_preload_mod_get',
    change: 'request_module("bpf_preload"); → nothing',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'bpf_preload_mod_put',
    why: 'plain has the iterators built in, so that there is no module whose reference could be kept',
  },
  {
    ...syscall,
    function: 'map_create',
    change: '((unsigned int)numa_node >= nr_node_ids || → ((unsigned int)numa_node > nr_node_ids ||',
    why: 'the node after the last one is never online, which is checked next',
  },
  {
    ...token,
    function: 'bpf_token_allow_cmd',
    change: 'return false; → return true;',
    below: 'if (!token)',
    why: 'no caller asks without a token',
  },
  {
    ...token,
    function: 'bpf_token_allow_map_type',
    change: 'if (!token || type >= __MAX_BPF_MAP_TYPE) → if (!token || type > __MAX_BPF_MAP_TYPE)',
    why: 'map_create, the only caller, has refused such a type before',
  },
]);
