import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a bpffs contains directories, symbolic links and pins; no other file can be created in it',
  commit: 'b2197755b263',
  source: 'https://git.kernel.org/torvalds/c/b2197755b263',
  behaviours: { 'names/no-files': 'all', 'names/missing': ['nothingWasMade'] },
  outcome: {
    creat: 'EACCES',
    open: 'EACCES',
    regularNode: 'EACCES',
    fifo: 'EPERM',
    device: 'EPERM',
    socket: 'EPERM',
    unnamed: 'EOPNOTSUPP',
    nothingWasMade: 'ENOENT',
    directory: null,
    symlink: null,
  },
});
