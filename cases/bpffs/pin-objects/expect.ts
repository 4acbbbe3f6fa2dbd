import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const file = (mode: string, uid = 0, gid = 0) => ({ mode: `100${mode}`, uid, gid, nlink: 1, size: 0 });

export default expectation<typeof scenario>({
  about: 'maps, programs and links can be pinned; the pin is a file of mode 0600 less the umask and holds the object',
  commit: 'b2197755b263',
  source: 'https://git.kernel.org/torvalds/c/b2197755b263',
  behaviours: { 'pin/objects': ['pinned', 'sameObject', 'linksOfRoot'], 'pin/file-mode': ['files'] },
  outcome: {
    pinned: {
      map: null,
      program: null,
      link: null,
      umask: null,
      withUmask277: null,
      umask777: null,
      withUmask777: null,
      group: null,
      user: null,
      asAnotherUser: null,
      userBack: null,
      groupBack: null,
      closeMap: null,
      closeProgram: null,
      closeLink: null,
      getMap: null,
      getProgram: null,
      getLink: null,
    },
    files: {
      map: file('600'),
      program: file('600'),
      link: file('600'),
      withUmask277: file('400'),
      withUmask777: file('000'),
      asAnotherUser: file('000', 9, 7),
    },
    sameObject: { map: true, program: true, link: true },
    linksOfRoot: 2,
  },
});
