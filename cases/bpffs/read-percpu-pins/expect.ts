import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const element = { warning: 2, firstCpu: '\tcpu0: {0,-1,}', eachCpu: true, end: ['}', ''] };

export default expectation<typeof scenario>({
  about: 'reading the pin of a per-CPU map with BTF prints its elements, with a line for every possible CPU',
  commit: 'a26ca7c982cb',
  source: 'https://git.kernel.org/torvalds/c/a26ca7c982cb',
  behaviours: { 'read/map-text': 'all' },
  outcome: {
    percpuArray: { ...element, elements: '0: { 1: { 2: { 3: {' },
    percpuHash: { ...element, elements: '3: {' },
    lruPercpuHash: { ...element, elements: '3: {' },
  },
});
