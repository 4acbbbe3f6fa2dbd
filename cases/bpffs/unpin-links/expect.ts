import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a link whose last pin is gone is released within a while: its id is gone',
  commit: '70ed506c3bbc',
  source: 'https://git.kernel.org/torvalds/c/70ed506c3bbc',
  behaviours: { 'unpin/link-soon': ['afterUnlink', 'afterUmount'], 'pin/objects': ['pinned'] },
  outcome: {
    pinned: { pin: null, other: null, close: null, closeOther: null },
    afterUnlink: { unlink: null, released: true },
    afterUmount: { umount: null, released: true },
  },
});
