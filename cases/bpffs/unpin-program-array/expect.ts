import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'the entries of a program array stay while it is pinned, and are removed with its last pin even if a program still uses it',
  commit: 'c9da161c6517',
  source: 'https://git.kernel.org/torvalds/c/c9da161c6517',
  behaviours: { 'unpin/prog-array': 'all' },
  outcome: {
    setUp: { set: null, closeCallee: null, pin: null, pinAgain: null, closeArray: null },
    pinned: { callee: true, array: true },
    unlinkOne: null,
    oneLeft: { callee: true, array: true },
    unlinkLast: null,
    released: { callee: true, array: false },
  },
});
