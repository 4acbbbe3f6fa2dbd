import { atMost, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'opening and closing the pin of a map a thousand times leaves no slab object behind',
  commit: 'a26ca7c982cb',
  source: 'https://git.kernel.org/torvalds/c/a26ca7c982cb',
  needs: { withoutConfig: ['KASAN'] }, // which holds freed memory back (mm/kasan/quarantine.c)
  behaviours: { 'memory/map-files': 'all' },
  outcome: { map: null, iterations: 1000, failures: [0, 0], grownKiB: atMost(1000) },
});
