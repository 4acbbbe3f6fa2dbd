import { editsOf, type MutantDeclaration, mutants } from 'kconform';

const token = editsOf('kernel/bpf/token.c');
const syscall = editsOf('kernel/bpf/syscall.c');
const core = editsOf('kernel/bpf/core.c');

/** Creating tokens, and their files. */
export default mutants([
  {
    id: 'token/bytes-behind-the-attribute',
    breaks: ['token/create-attribute'],
    edits: [syscall('if (CHECK_ATTR(BPF_TOKEN_CREATE))', 'if (false)')],
    mustFail: { 'token/create-attribute': ['size.nextByteSet', 'size.lastByteOfTheUnionSet'] },
  },
  {
    id: 'token/any-flag',
    breaks: ['token/create-flags'],
    edits: [syscall('if (attr->token_create.flags)', 'if (false)')],
    mustFail: { 'token/create-attribute': ['flags.lowest', 'flags.highest', 'flags.closedFdToo'] },
  },
  {
    id: 'token/errno-of-closed',
    breaks: ['token/create-bad-fd', 'token/create-o-path'],
    edits: [token('return -EBADF;', 'return -EINVAL;')],
    mustFail: { 'token/create-where': ['closed', 'negative', 'mountFd', 'path'] },
  },
  {
    id: 'token/from-any-directory',
    breaks: ['token/create-not-root-directory'],
    edits: [token('if (path.dentry != sb->s_root)', 'if (false)')],
    mustFail: { 'token/create-where': ['directory', 'bindMountOfDirectory'] },
  },
  {
    id: 'token/errno-of-directory',
    breaks: ['token/create-not-root-directory'],
    edits: [
      token(
        'if (path.dentry != sb->s_root)\n\t\treturn -EINVAL;',
        'if (path.dentry != sb->s_root)\n\t\treturn -ENOTDIR;',
      ),
    ],
    mustFail: { 'token/create-where': ['directory', 'bindMountOfDirectory'] },
  },
  {
    id: 'token/from-any-file-system',
    breaks: ['token/create-not-bpffs'],
    edits: [token('if (sb->s_op != &bpf_super_ops)', 'if (false)')],
    mustFail: { 'token/create-where': ['ownTmpfs', 'rootfs'] },
  },
  {
    id: 'token/from-another-namespace',
    breaks: ['token/create-other-userns'],
    edits: [token('if (current_user_ns() != userns)', 'if (false)')],
    mustFail: { 'token/create-who': ['inAnother.initialRoot', 'inAnother.parentRoot'] },
  },
  {
    id: 'token/without-cap-bpf',
    breaks: ['token/create-without-cap-bpf'],
    edits: [token('if (!ns_capable(userns, CAP_BPF))', 'if (false)')],
    mustFail: { 'token/create-who': ['inTheNamespace.allButCapBpf', 'inTheNamespace.noCapabilities'] },
  },
  {
    id: 'token/cap-sys-admin-will-do',
    breaks: ['token/create-without-cap-bpf'],
    edits: [token('if (!ns_capable(userns, CAP_BPF))', 'if (!bpf_ns_capable(userns, CAP_BPF))')],
    mustFail: { 'token/create-who': ['inTheNamespace.onlyCapSysAdmin'] },
  },
  {
    id: 'token/another-capability',
    breaks: ['token/create-cap-bpf', 'token/create-without-cap-bpf'],
    edits: [token('if (!ns_capable(userns, CAP_BPF))', 'if (!ns_capable(userns, CAP_SYS_ADMIN))')],
    mustFail: { 'token/create-who': ['inTheNamespace.onlyCapBpf', 'inTheNamespace.onlyCapSysAdmin'] },
  },
  {
    id: 'token/in-the-initial-namespace',
    breaks: ['token/create-initial-userns'],
    edits: [token('if (current_user_ns() == &init_user_ns)', 'if (false)')],
    mustFail: { 'token/create-who': ['ofTheInitialNamespace.root', 'ofTheInitialNamespace.nothingDelegated'] },
  },
  {
    id: 'token/errno-of-the-initial-namespace',
    breaks: ['token/create-initial-userns'],
    edits: [token('return -EOPNOTSUPP;', 'return -EPERM;')],
    mustFail: { 'token/create-who': ['ofTheInitialNamespace.root'], 'token/interface-present': ['command.create'] },
  },
  {
    id: 'token/without-delegation',
    breaks: ['token/create-nothing-delegated'],
    edits: [token('if (mnt_opts->delegate_cmds == 0 &&', 'if (false &&')],
    mustFail: { 'token/create-delegation': ['nothing', 'zeros'] },
  },
  {
    id: 'token/errno-without-delegation',
    breaks: ['token/create-nothing-delegated'],
    edits: [token('return -ENOENT; /* no BPF token delegation is set up */', 'return -EPERM;')],
    mustFail: { 'token/create-delegation': ['nothing', 'zeros'] },
  },
  ...['cmds', 'maps', 'progs'].map(
    (option): MutantDeclaration => ({
      id: `token/${option}-alone-not-enough`,
      breaks: ['token/create-one-mask'],
      edits: [token(`mnt_opts->delegate_${option} == 0 &&`, 'true &&')],
      mustFail: {
        'token/create-delegation': [{ cmds: 'commands', maps: 'maps', progs: 'programs' }[option] ?? ''],
      },
    }),
  ),
  {
    id: 'token/attachs-alone-not-enough',
    breaks: ['token/create-one-mask'],
    edits: [token('mnt_opts->delegate_attachs == 0)', 'true)')],
    mustFail: { 'token/create-delegation': ['attachments'] },
  },
  {
    id: 'token-file/umask-ignored',
    breaks: ['token/stat'],
    edits: [token('((S_IRUSR | S_IWUSR) & ~current_umask())', '(S_IRUSR | S_IWUSR)')],
    mustFail: { 'token/file-of-token': ['mode.umask277', 'mode.umask777'] },
  },
  {
    id: 'token-file/linked',
    breaks: ['token/stat', 'token/busy-read-only'],
    edits: [token('clear_nlink(inode); /* make sure it is unlinked */', '')],
    mustFail: { 'token/file-of-token': ['links'], 'token/keeps-mount-busy': ['readOnly.withToken'] },
  },
  {
    id: 'token-file/read-only',
    breaks: ['token/descriptor'],
    edits: [token('BPF_TOKEN_INODE_NAME, O_RDWR,', 'BPF_TOKEN_INODE_NAME, O_RDONLY,')],
    mustFail: { 'token/file-of-token': ['statusFlags'] },
  },
  {
    id: 'token-file/other-name',
    breaks: ['token/descriptor'],
    edits: [token('"bpf-token"', '"bpf_token"')],
    mustFail: { 'token/file-of-token': ['link'] },
  },
  {
    id: 'token-file/kept-over-exec',
    breaks: ['token/descriptor'],
    edits: [token('get_unused_fd_flags(O_CLOEXEC)', 'get_unused_fd_flags(0)')],
    mustFail: { 'token/file-of-token': ['closeOnExec'] },
  },
  ...['cmds', 'maps', 'progs', 'attachs'].flatMap((mask): MutantDeclaration[] => [
    {
      id: `token-file/${mask}-any-only-exactly`,
      breaks: ['token/fdinfo'],
      edits: [token(`if ((token->allowed_${mask} & mask) == mask)`, `if (token->allowed_${mask} == mask)`)],
      mustFail: { 'token/fdinfo-masks': [`any.${mask}`] },
    },
    {
      id: `token-file/${mask}-in-decimal`,
      breaks: ['token/fdinfo'],
      edits: [token(`"allowed_${mask}:\\t0x%llx\\n"`, `"allowed_${mask}:\\t%llu\\n"`)],
      mustFail: { 'token/fdinfo-masks': [`names.${mask}`, 'text'] },
    },
    {
      id: `token/all-${mask}`,
      breaks: ['token/fdinfo'],
      edits: [token(`token->allowed_${mask} = mnt_opts->delegate_${mask};`, `token->allowed_${mask} = ~0ULL;`)],
      mustFail: { 'token/fdinfo-masks': [`names.${mask}`, `numbers.${mask}`] },
    },
  ]),
  {
    id: 'token-file/close-keeps-token',
    breaks: ['token/freed'],
    edits: [token('bpf_token_put(token);\n\treturn 0;', 'return 0;')],
    mustFail: { 'token/lsm-free': ['closed'] },
  },
  {
    id: 'token/freed-program-keeps-token',
    breaks: ['token/freed'],
    edits: [core('bpf_token_put(aux->token);', '')],
    mustFail: { 'token/lsm-free': ['programGone'] },
  },
  {
    id: 'token/attach-types-beyond-the-last',
    breaks: ['token-program/unknown-type'],
    edits: [token(' || attach_type >= __MAX_BPF_ATTACH_TYPE', '')],
    mustFail: { 'token/prog-attach-types': ['unknown.attachType'] },
  },
  {
    id: 'token/program-types-beyond-the-last',
    breaks: ['token-program/unknown-type'],
    edits: [token(' || prog_type >= __MAX_BPF_PROG_TYPE', '')],
    mustFail: { 'token/prog-attach-types': ['unknown.progType'] },
  },
  {
    id: 'token/file-of-a-refused-one-kept',
    breaks: ['memory/refused-tokens'],
    edits: [token('out_file:\n\tfput(file);', 'out_file:')],
    mustFail: { 'token/lsm-create': ['filesKept.grown'] },
  },
  {
    id: 'token/no-memory-untold',
    breaks: ['memory/exhausted'],
    edits: [token('err = -ENOMEM;', 'err = 0;')],
    mustFail: { 'bpffs/out-of-memory': ['token.doneWithout'] },
  },
]);
