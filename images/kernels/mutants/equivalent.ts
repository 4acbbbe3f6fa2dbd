import { equivalentMutants } from 'kconform';

const inode = { file: 'kernel/bpf/inode.c' } as const;
const token = { file: 'kernel/bpf/token.c' } as const;
const syscall = { file: 'kernel/bpf/syscall.c' } as const;
const namespace = { file: 'fs/namespace.c' } as const;

const EVERY_BIT_HAS_A_NAME = 'every bit has a name, so that after the last enumerator no bit is left to print';
const ONLY_XT_BPF =
  'only the iptables match xt_bpf gets there, which no profile has, and which no case uses on published kernels';
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
    why: ONLY_XT_BPF,
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
    function: 'bpf_preload_mod_get',
    change: 'return false; → return true;',
    why: PRELOAD_BUILT_IN,
  },
  {
    ...inode,
    function: 'populate_bpffs',
    change: 'bpf_link_put(objs[i].link); → nothing',
    why: 'a pin in a new mount fails only without memory, and preloaded links live as long as the kernel: nothing shows one more reference',
  },
  {
    ...inode,
    function: 'bpf_prog_get_type_path',
    why: ONLY_XT_BPF,
  },
  {
    ...inode,
    function: 'seq_print_delegate_opts',
    change: 'if (btf && enum_t) { → if (btf || enum_t) {',
    why: 'a kernel has BTF with the four types, or no BTF',
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
    ...syscall,
    function: 'map_create',
    change: 'mutex_init(&map->freeze_mutex); → nothing',
    why: 'zeroed memory is an unlocked mutex, and in the kernel of plain, which is not preempted, nobody waits for it on one CPU',
  },
  {
    ...syscall,
    function: 'bpf_prog_load',
    change: 'license[sizeof(license) - 1] = 0; → license[sizeof(license) - 1] = 1;',
    why: 'a licence that fills the buffer is none that is compatible with the GPL, whatever its last character is',
  },
  {
    ...syscall,
    function: 'bpf_prog_load',
    change: 'btf_put(attach_btf); → nothing',
    below: 'if (attach_btf)',
    why: 'the BTF of the kernel is never freed, and plain has no modules with BTF of their own',
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
  {
    ...namespace,
    function: 'do_statmount',
    change: 'if (mnt_ns_id && RB_EMPTY_ROOT(&ns->mounts)) → if (false)',
    why: 'lookup_mnt_in_ns finds nothing in an empty tree, and the call fails with the same ENOENT',
  },
  {
    ...namespace,
    function: 'do_listmount',
    change: 'rwsem_assert_held(&namespace_sem); → nothing',
    why: 'it warns if nobody holds the semaphore, and the only caller holds it',
  },
]);
