import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALLOWED = { map: null, program: null, btf: null } as const;

export default expectation<typeof scenario>({
  about:
    'a token survives every descriptor of its bpffs and every process of its namespace; objects created with it survive the token',
  commit: ['35f96de04127', 'a177fc2bf6fd', 'caf8f28e036c'],
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'NET'] },
  behaviours: { 'token/outlives-close': ['objects'], 'token/outlives-bpffs': ['withoutBpffs', 'afterItsNamespace'] },
  outcome: {
    withoutBpffs: ALLOWED,
    objects: { update: null, lookup: null, value: 'kept', run: null, returned: 2 },
    afterItsNamespace: ALLOWED,
  },
});
