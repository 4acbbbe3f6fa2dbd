import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_OBJ_GET_INFO_BY_FD returns the four masks of a token',
  commit: '19d18fdfc792',
  source: 'https://git.kernel.org/torvalds/c/19d18fdfc792',
  versions: ['6.17'],
  needs: { config: ['USER_NS'] },
  behaviours: { 'token/information': 'all' },
  outcome: { errno: null, cmds: '0x11', maps: '0x22', progs: '0x44', attachs: '0x8000000000000000' },
});
