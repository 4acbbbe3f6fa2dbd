import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a user without capabilities cannot detach the program of a network interface',
  needs: { config: ['BPF_SYSCALL'] },
  versions: ['6.6'],
  outcome: {
    attached: null,
    byUser: 'EPERM',
    byRoot: null,
  },
  knownBugs: [
    {
      title: 'anybody can, if no program is named',
      fix: "bpf: Fix tcx/netkit detach permissions when prog fd isn't given",
      fixedIn: ['6.12.114'],
      cve: ['CVE-2026-45932'],
      instead: { byUser: null, byRoot: 'ENOENT' },
    },
  ],
});
