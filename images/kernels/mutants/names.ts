import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');

/** Names and directories. */
export default mutants([
  {
    id: 'names/dots-allowed',
    breaks: ['names/dots-reserved'],
    edits: [inode("strchr(dentry->d_name.name, '.'))", 'false)')],
    mustFail: { 'bpffs/dotted-names': ['dotted.stat', 'dotted.mkdir', 'dotted.pin', 'without.linkDotted'] },
  },
  {
    id: 'names/dots-errno',
    breaks: ['names/dots-reserved'],
    edits: [inode("'.'))\n\t\treturn ERR_PTR(-EPERM);", "'.'))\n\t\treturn ERR_PTR(-EINVAL);")],
    mustFail: { 'bpffs/dotted-names': ['dotted.stat', 'dotted.get'] },
  },
  {
    id: 'names/dots-refused-in-closed-directories',
    breaks: ['quirk/dots-in-mode-0'],
    edits: [inode('if ((dir->i_mode & S_IALLUGO) &&', 'if (')],
    mustFail: { 'bpffs/dotted-names': ['closedDirectory.mkdir', 'closedDirectory.pin'] },
  },
  {
    id: 'names/link-of-parent-not-counted',
    breaks: ['names/directories'],
    edits: [inode('inc_nlink(dir);', '')],
    mustFail: { 'bpffs/directories': ['links.withTwo', 'links.withOne'] },
  },
  {
    id: 'names/directory-with-one-link',
    breaks: ['names/directories'],
    edits: [inode('inc_nlink(inode);', '')],
    mustFail: { 'bpffs/directories': ['made.inner.nlink'] },
  },
  {
    id: 'names/mode-of-directory',
    breaks: ['names/directories'],
    edits: [
      inode(
        'bpf_get_inode(dir->i_sb, dir, mode | S_IFDIR)',
        'bpf_get_inode(dir->i_sb, dir, (mode & S_IRWXU) | S_IFDIR)',
      ),
    ],
    mustFail: { 'bpffs/directories': ['made.d.mode', 'made.inner.mode'] },
  },
  {
    id: 'names/made-by-root',
    breaks: ['names/set-group-id', 'pin/file-mode'],
    edits: [inode('inode_init_owner(&nop_mnt_idmap, inode, dir, mode);', 'inode->i_mode = mode;')],
    mustFail: {
      'bpffs/directories': ['made.withSetGroupId.gid', 'made.pinWithSetGroupId.gid'],
      'bpffs/pin-objects': ['files.asAnotherUser.uid', 'files.asAnotherUser.gid'],
    },
  },
  {
    id: 'names/no-rename',
    breaks: ['names/rename'],
    edits: [inode('.rename\t\t= simple_rename,', '')],
    mustFail: { 'bpffs/rename': ['plain.move', 'flags.exchange'], 'bpffs/unpin-victims': ['renameOver.rename'] },
  },
  {
    id: 'names/no-hard-links',
    breaks: ['names/hard-links'],
    edits: [inode('.link\t\t= simple_link,', '')],
    mustFail: { 'bpffs/rename': ['plain.link'] },
  },
  {
    id: 'names/no-rmdir',
    breaks: ['names/directories'],
    edits: [inode('.rmdir\t\t= simple_rmdir,', '')],
    mustFail: { 'bpffs/directories': ['removed.inner', 'removed.d'], 'bpffs/other-users': ['sticky.rmdirOwn'] },
  },
  {
    id: 'names/mode-of-symlink',
    breaks: ['names/symlinks'],
    edits: [inode('S_IRWXUGO | S_IFLNK', 'S_IRWXU | S_IFLNK')],
    mustFail: { 'bpffs/links': ['symlink.mode'] },
  },
]);
