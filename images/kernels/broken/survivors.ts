import type { Survivor } from '../../../harness/prove/survivors.ts';

const inode = { file: 'kernel/bpf/inode.c' } as const;
const token = { file: 'kernel/bpf/token.c' } as const;
const noCaller = 'its only caller, the iptables match xt_bpf, is not in profile plain';

/** Mutants that are as good as the unedited kernel for all that a case can do, as `prove --mutate` tells them. */
export const survivors: readonly Survivor[] = [
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
    change: 'if (inode->i_op != &bpf_prog_iops) → if (false)',
    why: noCaller,
  },
  { ...inode, function: '__get_prog_inode', change: 'if (ret < 0) → if (false)', why: noCaller },
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
];
