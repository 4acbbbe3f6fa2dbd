import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const modes = ['100400', '100400'];

export default expectation<typeof scenario>({
  about: 'if the kernel preloads iterators, each bpffs has maps.debug and progs.debug, which list maps and programs',
  commit: 'd71fa5c9763c',
  source: 'https://git.kernel.org/torvalds/c/d71fa5c9763c',
  needs: { config: ['BPF_PRELOAD_UMD'] },
  behaviours: { 'read/preload': 'all' },
  outcome: {
    maps: { modes, header: '  id name             max_entries  cur_entries' },
    programs: { modes, header: '  id name             attached' },
  },
});
