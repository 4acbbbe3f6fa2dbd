import { atLeast, between, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a mapping that fails after it has replaced another one leaves no memory committed',
  versions: ['6.5'],
  needs: { config: ['SECRETMEM'] },
  outcome: {
    secret: null,
    first: null,
    second: 'EINVAL',
    // 16 mappings of 4 MiB would be 65536.
    grownKiB: between(-8192, 8192),
  },
  knownBugs: [
    {
      title: 'what the replaced mapping had committed stays so for ever',
      fix: "mm/vma: don't leak the commit charge on mmap failure",
      fixedIn: ['6.12.118'],
      instead: { grownKiB: atLeast(50_000) },
    },
  ],
});
