import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a link is released soon after its last pin is removed: its id disappears',
  commit: '70ed506c3bbc',
  source: 'https://git.kernel.org/torvalds/c/70ed506c3bbc',
  behaviours: { 'unpin/link-soon': ['afterUnlink', 'afterUmount'], 'pin/objects': ['pinned'] },
  outcome: {
    pinned: { pin: null, other: null, close: null, closeOther: null },
    afterUnlink: { unlink: null, released: true },
    afterUmount: { umount: null, released: true },
  },
});
