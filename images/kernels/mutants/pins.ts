import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');
const syscall = editsOf('kernel/bpf/syscall.c');

/** Pinning, getting, reading and unpinning. */
export default mutants([
  {
    id: 'pin/errno-outside',
    breaks: ['pin/outside-bpffs'],
    edits: [
      inode(
        'if (dir->i_op != &bpf_dir_iops) {\n\t\tret = -EPERM;',
        'if (dir->i_op != &bpf_dir_iops) {\n\t\tret = -EINVAL;',
      ),
    ],
    mustFail: { 'bpffs/pin-refused': ['paths.tmpfs', 'paths.sysfs', 'references.refused'] },
  },
  {
    id: 'pin/umask-ignored',
    breaks: ['pin/file-mode'],
    edits: [inode('((S_IRUSR | S_IWUSR) & ~current_umask())', '(S_IRUSR | S_IWUSR)')],
    mustFail: { 'bpffs/pin-objects': ['files.withUmask277.mode', 'files.withUmask777.mode'] },
  },
  {
    id: 'pin/for-everybody',
    breaks: ['pin/file-mode'],
    edits: [inode('((S_IRUSR | S_IWUSR) & ~current_umask())', '(0666 & ~current_umask())')],
    mustFail: { 'bpffs/pin-objects': ['files.map.mode', 'files.program.mode', 'files.link.mode'] },
  },
  {
    id: 'pin/no-programs',
    breaks: ['pin/objects'],
    edits: [inode('ret = vfs_mkobj(dentry, mode, bpf_mkprog, raw);', 'ret = -EPERM;')],
    mustFail: { 'bpffs/pin-objects': ['pinned.program'] },
  },
  {
    id: 'pin/no-links',
    breaks: ['pin/objects'],
    edits: [inode('ret = vfs_mkobj(dentry, mode, bpf_mklink, raw);', 'ret = -EPERM;')],
    mustFail: { 'bpffs/pin-objects': ['pinned.link'] },
  },
  {
    id: 'pin/errno-of-no-object',
    breaks: ['pin/not-an-object'],
    edits: [
      inode(
        'return ERR_PTR(-EINVAL);\n}\n\nstatic const struct inode_operations bpf_dir_iops;',
        'return ERR_PTR(-EBADF);\n}\n\nstatic const struct inode_operations bpf_dir_iops;',
      ),
    ],
    mustFail: {
      'bpffs/pin-refused': ['descriptors.closed', 'descriptors.device', 'descriptors.beforeThePath'],
      'token/file-of-token': ['operations.pin'],
      'token/system-call-edges': ['closed.pin'],
    },
  },
  {
    id: 'pin/refused-keeps-reference',
    breaks: ['unpin/never-pinned'],
    edits: [inode('if (ret != 0)', 'if (false)')],
    mustFail: { 'bpffs/pin-refused': ['afterwards.released'] },
  },
  {
    id: 'unpin/map-kept',
    breaks: ['unpin/map-at-once'],
    edits: [inode('bpf_map_put_with_uref(raw);', '')],
    mustFail: {
      'bpffs/unpin-releases-at-once': ['hash.afterwards', 'array.afterwards'],
      'bpffs/unpin-victims': ['renameOver.replaced', 'umount.map'],
    },
  },
  {
    id: 'unpin/program-kept',
    breaks: ['unpin/program-at-once'],
    edits: [inode('bpf_prog_put(raw);', '')],
    mustFail: { 'bpffs/unpin-releases-at-once': ['program.afterwards'], 'bpffs/unpin-victims': ['umount.program'] },
  },
  {
    id: 'read/maps-not-readable',
    breaks: ['read/map-text'],
    edits: [inode('bpf_map_support_seq_show(map) ?', '!bpf_map_support_seq_show(map) ?')],
    mustFail: { 'bpffs/read-pins': ['text.array', 'text.hash', 'refused.plainMap'] },
  },
  {
    id: 'read/errno-of-objects',
    breaks: ['read/unreadable'],
    edits: [inode('return -EIO;', 'return -EPERM;')],
    mustFail: { 'bpffs/read-pins': ['refused.plainMap', 'refused.program', 'refused.link'] },
  },
  {
    id: 'read/other-warning',
    breaks: ['read/map-text'],
    edits: [inode('# WARNING!! The output format will change', '# WARNING: The output format will change')],
    mustFail: { 'bpffs/read-pins': ['text.array', 'empty', 'afterUnlink'] },
  },
  {
    id: 'read/first-key-skipped',
    breaks: ['read/map-text'],
    edits: [inode('prev_key = NULL;', 'prev_key = key;')],
    mustFail: { 'bpffs/read-pins': ['text.array'] },
  },
  {
    id: 'get/program-not-counted',
    breaks: ['get/program'],
    edits: [inode('bpf_prog_inc(raw);', '')],
    mustFail: { 'bpffs/get-objects': ['held.program'] },
  },
  {
    id: 'get/map-not-counted',
    breaks: ['get/map'],
    edits: [inode('bpf_map_inc_with_uref(raw);', '')],
    mustFail: { 'bpffs/get-objects': ['held.map'] },
  },
  {
    id: 'get/link-not-counted',
    breaks: ['get/link'],
    edits: [inode('bpf_link_inc(raw);', '')],
    mustFail: { 'bpffs/get-objects': ['held.link'] },
  },
  {
    id: 'get/refused-not-released',
    breaks: ['get/link'],
    edits: [inode('if (ret < 0)\n\t\tbpf_any_put(raw, type);', '')],
    mustFail: { 'bpffs/get-objects': ['held.refusedIsReleased'] },
  },
  {
    id: 'pin/refused-not-released',
    breaks: ['unpin/never-pinned'],
    edits: [inode('if (ret != 0)\n\t\tbpf_any_put(raw, type);', '')],
    mustFail: { 'bpffs/pin-refused': ['afterwards.released'] },
  },
  {
    id: 'get/anybody',
    breaks: ['get/permission'],
    edits: [inode('ret = path_permission(&path, ACC_MODE(flags));', 'ret = 0;')],
    mustFail: { 'bpffs/other-users': ['get.mode600', 'get.mode600ReadOnly', 'get.mode644', 'get.mode644WriteOnly'] },
  },
  {
    id: 'get/always-both-permissions',
    breaks: ['get/permission'],
    edits: [inode('ACC_MODE(flags)', 'ACC_MODE(O_RDWR)')],
    mustFail: { 'bpffs/other-users': ['get.mode644ReadOnly'] },
  },
  {
    id: 'get/not-through-symlinks',
    breaks: ['get/through-links'],
    edits: [
      inode('user_path_at(path_fd, pathname, LOOKUP_FOLLOW, &path)', 'user_path_at(path_fd, pathname, 0, &path)'),
    ],
    mustFail: { 'bpffs/links': ['symbolic.getThrough'] },
  },
  {
    id: 'get/errno-of-no-pin',
    breaks: ['get/not-pinned'],
    edits: [inode('return -EACCES;', 'return -EINVAL;')],
    mustFail: { 'bpffs/get-objects': ['paths.directory', 'paths.root', 'paths.tmpfs', 'paths.proc'] },
  },
  {
    id: 'get/read-only-links',
    breaks: ['get/link'],
    edits: [inode('ret = (f_flags != O_RDWR) ? -EINVAL : bpf_link_new_fd(raw);', 'ret = bpf_link_new_fd(raw);')],
    mustFail: { 'bpffs/get-objects': ['flags.readOnlyLink', 'flags.writeOnlyLink'] },
  },
  {
    id: 'get/always-read-write',
    breaks: ['get/access-mode'],
    edits: [inode('ret = bpf_map_new_fd(raw, f_flags);', 'ret = bpf_map_new_fd(raw, O_RDWR);')],
    mustFail: {
      'bpffs/get-objects': ['files.readOnlyMap', 'access.readOnlyUpdate', 'access.writeOnlyLookup'],
    },
  },
  {
    id: 'pin/any-flag',
    breaks: ['pin/flags'],
    edits: [syscall('attr->file_flags & ~BPF_F_PATH_FD)', 'false)')],
    mustFail: { 'bpffs/pin-attribute': ['flags.readOnly', 'flags.unknown', 'flags.allOthers'] },
  },
  {
    id: 'pin/bytes-behind-the-attribute',
    breaks: ['pin/flags'],
    edits: [
      syscall(
        'if (CHECK_ATTR(BPF_OBJ) || attr->file_flags & ~BPF_F_PATH_FD)',
        'if (attr->file_flags & ~BPF_F_PATH_FD)',
      ),
    ],
    mustFail: { 'bpffs/pin-attribute': ['flags.byteBehind'] },
  },
  {
    id: 'pin/path-fd-without-flag',
    breaks: ['pin/flags'],
    edits: [
      syscall(
        '~BPF_F_PATH_FD)\n\t\treturn -EINVAL;\n\n\t/* path_fd has to be accompanied by BPF_F_PATH_FD flag */\n\tif (',
        '~BPF_F_PATH_FD)\n\t\treturn -EINVAL;\n\n\tif (false && ',
      ),
    ],
    mustFail: { 'bpffs/pin-attribute': ['flags.pathFdWithoutFlag'] },
  },
  {
    id: 'pin/path-fd-ignored',
    breaks: ['pin/path-fd'],
    edits: [
      syscall('return bpf_obj_pin_user(attr->bpf_fd, path_fd,', 'return bpf_obj_pin_user(attr->bpf_fd, AT_FDCWD,'),
    ],
    mustFail: { 'bpffs/pin-attribute': ['pathFd.relative', 'pathFd.closed'] },
  },
  {
    id: 'get/path-fd-ignored',
    breaks: ['pin/path-fd'],
    edits: [syscall('return bpf_obj_get_user(path_fd,', 'return bpf_obj_get_user(AT_FDCWD,')],
    mustFail: { 'bpffs/pin-attribute': ['pathFd.get', 'pathFd.closedGet', 'pathFd.getDetached'] },
  },
  {
    id: 'get/descriptor-ignored',
    breaks: ['get/flags'],
    edits: [syscall('if (CHECK_ATTR(BPF_OBJ) || attr->bpf_fd != 0 ||', 'if (CHECK_ATTR(BPF_OBJ) ||')],
    mustFail: { 'bpffs/get-objects': ['flags.descriptor'] },
  },
  {
    id: 'get/any-flag',
    breaks: ['get/flags'],
    edits: [syscall('attr->file_flags & ~(BPF_OBJ_FLAG_MASK | BPF_F_PATH_FD))', 'false)')],
    mustFail: { 'bpffs/get-objects': ['flags.unknown', 'flags.noPrealloc'] },
  },
  {
    id: 'pins/no-memory-for-the-inode',
    breaks: ['quirk/no-memory'],
    edits: [inode('return ERR_PTR(-ENOSPC);', 'return ERR_PTR(-ENOMEM);')],
    mustFail: { 'bpffs/out-of-memory': ['directory.errors', 'symlink.errors', 'pinned.errors'] },
  },
  {
    id: 'pins/symlink-without-an-inode',
    breaks: ['memory/exhausted'],
    edits: [inode('kfree(link);\n\t\treturn PTR_ERR(inode);', 'kfree(link);\n\t\treturn 0;')],
    mustFail: { 'bpffs/out-of-memory': ['symlink.left', 'symlink.doneWithout'] },
  },
  {
    id: 'pins/pin-without-an-inode',
    breaks: ['memory/exhausted'],
    edits: [inode('return PTR_ERR(inode);\n\n\tinode->i_op = iops;', 'return 0;\n\n\tinode->i_op = iops;')],
    mustFail: { 'bpffs/out-of-memory': ['pinned.left', 'pinned.doneWithout'] },
  },
]);
