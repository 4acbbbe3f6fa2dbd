import { expectation } from 'kconform';
import { CONFIG_OF_ALL_TYPES, endsOfLoading, programs } from '../prog-types.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a token allows the program types whose bits were delegated, and not their neighbours',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.9'],
  needs: { config: CONFIG_OF_ALL_TYPES },
  behaviours: {
    'token-program/delegated': ['delegated'],
    'token-program/type-not-delegated': ['neighboursDelegated'],
  },
  outcome: {
    delegated: endsOfLoading(programs, () => true),
    neighboursDelegated: endsOfLoading(programs, () => false),
  },
});
