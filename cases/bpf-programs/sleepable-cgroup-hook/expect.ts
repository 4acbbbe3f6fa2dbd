import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a program for a security hook of a cgroup cannot sleep, and one that asks for it is refused',
  versions: ['6.0'],
  needs: { config: ['BPF_LSM', 'DEBUG_INFO_BTF'] },
  outcome: {
    hook: null,
    cgroup: null,
    sleepableCgroup: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'it is loaded',
      fix: 'bpf: Reject sleepable BPF_LSM_CGROUP programs at load time',
      fixedIn: ['6.12.114'],
      cve: ['CVE-2026-74338'],
      instead: { sleepableCgroup: null },
    },
  ],
});
