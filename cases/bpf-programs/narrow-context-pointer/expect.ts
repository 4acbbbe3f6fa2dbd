import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the verifier refuses to read a part of a pointer in the context, also from within it',
  needs: { config: ['BPF_SYSCALL'] },
  outcome: {
    whole: { errno: null, invalidAccess: false },
    first: { errno: 'EACCES', invalidAccess: true },
    second: { errno: 'EACCES', invalidAccess: true },
  },
  knownBugs: [
    {
      title: 'it accepts the access, and fails later, when it converts it',
      fix: 'bpf: Reject narrower access to pointer ctx fields',
      fixedIn: ['6.12.67'],
      cve: ['CVE-2025-38591'],
      instead: { second: { errno: 'EINVAL', invalidAccess: false } },
    },
  ],
});
