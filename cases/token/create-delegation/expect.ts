import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_TOKEN_CREATE fails on a bpffs that delegates nothing; one delegated bit of any kind is enough',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: {
    'token/create-nothing-delegated': ['nothing', 'zeros'],
    'token/create-one-mask': ['commands', 'maps', 'programs', 'attachments'],
  },
  outcome: { nothing: 'ENOENT', zeros: 'ENOENT', commands: null, maps: null, programs: null, attachments: null },
});
