import { behaviours } from 'kconform';

export const names = behaviours(
  'names',
  { where: 'kernel/bpf/inode.c' },
  {
    'dots-reserved': 'every operation on a name with a dot fails with EPERM, whether the name exists or not',
    missing: 'a missing name without a dot fails with ENOENT',
    length: { statement: 'a name can have 255 characters; one more fails with ENAMETOOLONG', where: 'fs/libfs.c' },
    'no-files':
      'regular files cannot be created (EACCES), nor other nodes and sockets (EPERM), nor unnamed files (EOPNOTSUPP)',
    directories: 'mkdir applies mode and umask, and adds a link to the parent',
    'directory-errors': 'rmdir fails on a directory that is not empty and on a file, unlink on a directory',
    'set-group-id': 'new entries of a set-group-ID directory inherit its group, and directories also the bit',
    symlinks: {
      statement: 'symbolic links can be created, with dots in their targets, read and followed',
      commits: ['0f98621bef5d'],
    },
    'hard-links': 'a pin can have more hard links; links to directories or from other file systems fail',
    rename:
      'rename moves pins and directories, never replaces one by the other, and does nothing between links of one pin',
    'rename-flags': 'rename supports no-replace and exchange; whiteout fails with EINVAL',
    'no-attributes': 'extended attributes fail with EOPNOTSUPP, and none are listed',
    sticky: 'in the sticky root directory each user can create entries, and remove their own only',
    timestamps:
      'creating, moving or removing an entry updates the modification and change time of the directory; a failure does not',
    'directory-file': { statement: 'fsync of a directory works; ioctl fails with ENOTTY', where: 'fs/libfs.c' },
  },
);
