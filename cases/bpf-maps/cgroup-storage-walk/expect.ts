import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a walk over the keys of a cgroup storage map ends after the last key',
  commit: '5828b9e5b272',
  source: 'bpf mailing list, April 2026',
  needs: { config: ['BPF_SYSCALL', 'CGROUPS'] },
  outcome: {
    attached: null,
    theOnly: null,
    afterTheOnly: 'ENOENT',
  },
  knownBugs: [
    {
      title: 'a key that does not exist follows the last one',
      fix: 'bpf: fix end-of-list detection in cgroup_storage_get_next_key()',
      fixedIn: ['6.12.91'],
      instead: { afterTheOnly: null },
    },
  ],
});
