import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'opening objects by id and listing ids require CAP_SYS_ADMIN in the initial namespace; a token does not change this',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'NET'] },
  behaviours: { 'scope/ids-stay-privileged': 'all' },
  outcome: {
    child: { map: 'EPERM', program: 'EPERM', btf: 'EPERM', nextMap: 'EPERM', nextProgram: 'EPERM', nextBtf: 'EPERM' },
    initialRoot: { map: null, program: null, btf: null, nextMap: null, nextProgram: null, nextBtf: null },
    btfWithToken: byVersion({ '6.9': 'EINVAL', '6.15': null }), // since then this one command takes a token
  },
});
