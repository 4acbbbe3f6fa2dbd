import { equivalentMutants } from 'kconform';

const inode = { file: 'kernel/bpf/inode.c' } as const;
const token = { file: 'kernel/bpf/token.c' } as const;

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
