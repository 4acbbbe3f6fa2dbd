import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'rename moves and exchanges pins and directories, obeys RENAME_NOREPLACE, and never replaces a pin by a directory or the reverse',
  commit: '6d8cb045cde6',
  source: 'https://man7.org/linux/man-pages/man2/rename.2.html',
  behaviours: { 'names/rename': ['plain'], 'names/rename-flags': ['flags', 'exchanged'] },
  outcome: {
    plain: {
      pinMap: null,
      pinProgram: null,
      move: null,
      gone: 'ENOENT',
      there: null,
      intoDirectory: null,
      directory: null,
      thereBelow: null,
      missing: 'ENOENT',
      overNotEmpty: 'ENOTEMPTY',
      fileOverDirectory: 'EISDIR',
      directoryOverFile: 'ENOTDIR',
      outOfBpffs: 'EXDEV',
      link: null,
      overItself: null,
      bothStay: null,
    },
    flags: {
      noReplaceTaken: 'EEXIST',
      noReplaceFree: null,
      exchange: null,
      childrenWentAlong: null,
      getExchanged: null,
      exchangeMissing: 'ENOENT',
      whiteout: 'EINVAL',
    },
    exchanged: { file: true, directory: true },
    linksOfRoot: 4,
  },
});
