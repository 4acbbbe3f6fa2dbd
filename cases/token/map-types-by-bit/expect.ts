import { eachOf, expectation } from 'kconform';
import { CONFIG_OF_ALL_TYPES, mapsOfAllTypes } from '../map-types.ts';
import type scenario from './scenario.ts';

const types = mapsOfAllTypes({ btf: 0, element: 0 });

export default expectation<typeof scenario>({
  about: 'a token allows the map types whose bits were delegated, and not their neighbours',
  commit: 'a177fc2bf6fd',
  source: 'https://git.kernel.org/torvalds/c/a177fc2bf6fd',
  versions: ['6.9'],
  needs: { config: CONFIG_OF_ALL_TYPES },
  behaviours: { 'token-map/delegated': ['delegated'], 'token-map/not-delegated': ['neighboursDelegated'] },
  outcome: {
    delegated: eachOf(types, () => null),
    neighboursDelegated: eachOf(types, () => 'EPERM' as const),
  },
});
