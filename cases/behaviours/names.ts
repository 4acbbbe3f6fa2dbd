import { behaviours } from 'kconform';

export const names = behaviours(
  'names',
  { where: 'kernel/bpf/inode.c' },
  {
    'dots-reserved': 'a name with a dot in it is EPERM for every operation, whether or not it exists',
    missing: 'a missing name without a dot is ENOENT',
    length: { statement: 'a name may have 255 characters; one more is ENAMETOOLONG', where: 'fs/libfs.c' },
    'no-files': 'regular files cannot be made: EACCES; other nodes and sockets are EPERM, unnamed files EOPNOTSUPP',
    directories:
      'directories are made with the mode asked for less the umask, and counted by the links of their parent',
    'directory-errors': 'rmdir and unlink refuse what is not empty or of the other kind',
    'set-group-id': 'a set-group-id directory hands its group down, and the bit to directories',
    symlinks: {
      statement: 'symbolic links can be made, with dots in their targets, read and followed',
      commits: ['0f98621bef5d'],
    },
    'hard-links': 'pins can have further links; directories and other file systems cannot',
    rename: 'rename moves pins and directories, refuses to mix them, and does nothing between links of one pin',
    'rename-flags': 'rename knows no-replace and exchange; whiteouts are EINVAL',
    'no-attributes': 'extended attributes are EOPNOTSUPP, and none are listed',
    sticky: 'in the sticky root directory each user makes and removes his own entries, and no others',
    timestamps:
      'what is made, moved or removed in a directory sets its modification and change time; a refusal does not',
    'directory-file': { statement: 'a directory can be synced; ioctl is ENOTTY', where: 'fs/libfs.c' },
  },
);
