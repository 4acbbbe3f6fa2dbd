import { atLeast, atMost, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'io_uring frees the file name of an open into a slot that it refuses for O_CLOEXEC',
  source: 'syzbot, report 00e61c43eb5e4740438f',
  versions: ['6.6'],
  needs: { config: ['IO_URING'], withoutConfig: ['KASAN'] }, // which holds freed memory back (mm/kasan/quarantine.c)
  outcome: {
    results: [-22],
    // 512 names of 4 KiB each would be 2048.
    grownKiB: atMost(600),
  },
  knownBugs: [
    {
      title: 'each refused open leaks its file name',
      fix: 'io_uring: fix filename leak in __io_openat_prep()',
      fixedIn: ['6.12.64'],
      instead: { grownKiB: atLeast(1500) },
    },
  ],
});
