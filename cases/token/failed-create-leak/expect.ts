import { atMost, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a token for which no descriptor is free is freed at once',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  // KASAN holds freed memory back (mm/kasan/quarantine.c), and kmemleak allocates a record for each object.
  needs: { withoutConfig: ['KASAN', 'DEBUG_KMEMLEAK'] },
  outcome: {
    iterations: 10_000,
    errno: 'EMFILE',
    failures: 10_000,
    grownKiB: atMost(400),
  },
});
