import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');

/** bpffs mounted: its owner, mode, superblock, and who may mount it. */
export default mutants([
  {
    id: 'mount/uid-dropped',
    breaks: ['mount/owner', 'mount/owner-shown'],
    edits: [inode('opts->uid = uid;', '')],
    mustFail: { 'bpffs/mount-owner': ['accepted.uid=1000.owner', 'accepted.uid=1000.shown'] },
  },
  {
    id: 'mount/gid-dropped',
    breaks: ['mount/owner', 'mount/owner-shown'],
    edits: [inode('opts->gid = gid;', '')],
    mustFail: { 'bpffs/mount-owner': ['accepted.gid=1000.owner', 'accepted.gid=1000.shown'] },
  },
  {
    id: 'mount/uid-signed',
    breaks: ['mount/owner-bounds'],
    edits: [inode('fsparam_u32\t("uid"', 'fsparam_s32\t("uid"')],
    mustFail: { 'bpffs/mount-owner': ['accepted.uid=4294967294'] },
  },
  {
    id: 'mount/gid-octal',
    breaks: ['mount/owner', 'mount/owner-notation'],
    edits: [inode('fsparam_u32\t("gid"', 'fsparam_u32oct\t("gid"')],
    mustFail: { 'bpffs/mount-owner': ['accepted.gid=1000.owner', 'accepted.gid=0x10'] },
  },
  {
    id: 'mount/bad-owner-unnamed',
    breaks: ['mount/owner-refused'],
    edits: [inode('return invalfc(fc, "Bad value for \'%s\'", param->key);', 'return -EINVAL;')],
    mustFail: { 'bpffs/mount-owner': ['refused.uid=4294967295', 'refused.gid=4294967295'] },
  },
  {
    id: 'mount/owner-of-caller',
    breaks: ['mount/owner-default'],
    edits: [inode('opts->uid = current_fsuid();', 'opts->uid = current_uid();')],
    mustFail: { 'bpffs/superblock': ['ownerAtFsopen'] },
  },
  {
    id: 'mount/group-of-caller',
    breaks: ['mount/owner-default'],
    edits: [inode('opts->gid = current_fsgid();', 'opts->gid = current_gid();')],
    mustFail: { 'bpffs/superblock': ['ownerAtFsopen'] },
  },
  {
    id: 'mount/root-not-owned',
    breaks: ['mount/owner'],
    edits: [inode('inode->i_uid = opts->uid;', '')],
    mustFail: { 'bpffs/mount-owner': ['accepted.uid=65534,gid=65534.owner'], 'bpffs/superblock': ['ownerAtFsopen'] },
  },
  {
    id: 'mount/root-user-shown',
    breaks: ['mount/owner-shown'],
    edits: [inode('if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))', 'if (true)')],
    mustFail: {
      'bpffs/mount-owner': ['accepted[""].shown', 'accepted.uid=0.shown'],
      'bpffs/superblock': ['afterRemount.shown'],
    },
  },
  {
    id: 'mount/group-not-shown',
    breaks: ['mount/owner-shown'],
    edits: [inode('if (!gid_eq(inode->i_gid, GLOBAL_ROOT_GID))', 'if (false)')],
    mustFail: { 'bpffs/mount-owner': ['accepted.gid=1000.shown'], 'bpffs/superblock': ['afterChown'] },
  },
  {
    id: 'mount/owner-as-reader-sees-it',
    breaks: ['privilege/mount-in-userns'],
    edits: [
      inode('from_kuid_munged(&init_user_ns, inode->i_uid)', 'from_kuid_munged(current_user_ns(), inode->i_uid)'),
    ],
    mustFail: { 'token/delegating-in-userns': ['mounts.shown'] },
  },
  {
    id: 'mount/mode-dropped',
    breaks: ['mount/mode', 'mount/mode-shown'],
    edits: [inode('opts->mode = result.uint_32 & S_IALLUGO;', '')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=0700.mode', 'accepted.mode=0700.shown'] },
  },
  {
    id: 'mount/mode-not-masked',
    breaks: ['mount/mode'],
    edits: [inode('opts->mode = result.uint_32 & S_IALLUGO;', 'opts->mode = result.uint_32;')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=177777.mode'] },
  },
  {
    id: 'mount/mode-decimal',
    breaks: ['mount/mode', 'mount/mode-refused'],
    edits: [inode('fsparam_u32oct\t("mode"', 'fsparam_u32\t("mode"')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=700.mode', 'refused.mode=888', 'refused.mode=0x1ff'] },
  },
  {
    id: 'mount/not-sticky',
    breaks: ['mount/mode', 'mount/root'],
    edits: [inode('inode->i_mode |= S_ISVTX | opts->mode;', 'inode->i_mode |= opts->mode;')],
    mustFail: {
      'bpffs/mount-mode': ['accepted.mode=0700.mode'],
      'bpffs/superblock': ['root.mode'],
      'bpffs/other-users': ['sticky.unlinkForeign', 'sticky.rmdirForeign', 'sticky.renameForeign'],
    },
  },
  {
    id: 'mount/other-mode-by-default',
    breaks: ['mount/root'],
    edits: [inode('opts->mode = S_IRWXUGO;', 'opts->mode = S_IRWXU;')],
    mustFail: { 'bpffs/superblock': ['root.mode'], 'bpffs/mount-owner': ['accepted[""].mode', 'accepted[""].shown'] },
  },
  {
    id: 'mount/sticky-shown',
    breaks: ['mount/mode-shown'],
    edits: [inode('inode->i_mode & S_IALLUGO & ~S_ISVTX;', 'inode->i_mode & S_IALLUGO;')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=777.shown', 'accepted.mode=0700.shown'] },
  },
  {
    id: 'mount/mode-shown-in-decimal',
    breaks: ['mount/mode-shown'],
    edits: [inode('",mode=%o"', '",mode=%d"')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=0700.shown'], 'bpffs/superblock': ['afterChown'] },
  },
  {
    id: 'mount/usual-mode-shown',
    breaks: ['mount/mode-shown'],
    edits: [inode('if (mode != S_IRWXUGO)', 'if (true)')],
    mustFail: { 'bpffs/mount-mode': ['accepted.mode=777.shown'], 'bpffs/superblock': ['afterRemount.shown'] },
  },
  {
    id: 'mount/options-not-shown',
    breaks: ['mount/owner-shown', 'mount/mode-shown', 'delegation/names-shown'],
    edits: [inode('.show_options\t= bpf_show_options,', '')],
    mustFail: {
      'bpffs/mount-owner': ['accepted.uid=1000.shown'],
      'bpffs/delegate-numbers': ['shown.delegate_cmds=any'],
    },
  },
  {
    id: 'mount/unknown-option-refused',
    breaks: ['mount/unknown-option'],
    edits: [inode('if (opt != -ENOPARAM)', 'if (true)')],
    mustFail: {
      'bpffs/context-log': ['configured.unknownString', 'configured.unknownFlag', 'configured.misspelt'],
      'bpffs/superblock': ['remount.unknown'],
    },
  },
  {
    id: 'mount/superblock-by-anybody',
    breaks: ['privilege/create-in-userns'],
    edits: [inode('if (fc->user_ns != &init_user_ns && !capable(CAP_SYS_ADMIN))', 'if (false)')],
    mustFail: {
      'token/delegating-in-userns': ['superblock.create'],
      'token/context-in-other-hands': ['byOwner.create'],
    },
  },
  {
    id: 'mount/superblock-errno',
    breaks: ['privilege/create-in-userns'],
    edits: [
      inode(
        '!capable(CAP_SYS_ADMIN))\n\t\treturn -EPERM;\n\n\tret = simple_fill_super',
        '!capable(CAP_SYS_ADMIN))\n\t\treturn -EACCES;\n\n\tret = simple_fill_super',
      ),
    ],
    mustFail: { 'token/delegating-in-userns': ['superblock.create'] },
  },
  {
    id: 'mount/other-magic',
    breaks: ['mount/statfs'],
    edits: [inode('simple_fill_super(sb, BPF_FS_MAGIC,', 'simple_fill_super(sb, BPF_FS_MAGIC + 1,')],
    mustFail: { 'bpffs/superblock': ['statfs.type'] },
  },
  {
    id: 'mount/one-instance',
    breaks: ['mount/instances'],
    edits: [inode('get_tree_nodev(fc, bpf_fill_super)', 'get_tree_single(fc, bpf_fill_super)')],
    mustFail: { 'bpffs/superblock': ['instances.notInOther'] },
  },
  {
    id: 'mount/not-in-userns',
    breaks: ['privilege/fsopen-in-userns', 'recognised/userns'],
    edits: [inode('.fs_flags\t= FS_USERNS_MOUNT,', '')],
    mustFail: { 'token/delegation-flow': ['byRoot.create', 'mountedByChild.fsmount'] },
  },
  {
    id: 'mount/no-mount-point',
    breaks: ['mount/mount-point'],
    edits: [
      inode('ret = sysfs_create_mount_point(fs_kobj, "bpf");', 'ret = sysfs_create_mount_point(fs_kobj, "bpffs");'),
    ],
    mustFail: { 'bpffs/superblock': ['mountPoint'] },
  },
]);
