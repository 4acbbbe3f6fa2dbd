import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a mount of binfmt_misc that fails does not keep its user namespace',
  versions: ['6.7'],
  machine: { modules: ['binfmt_misc'] },
  outcome: {
    before: null,
    mounted: 'EINVAL',
    another: null, // there may be one namespace only: the first one is gone
  },
  knownBugs: [
    {
      title: 'the user namespace is never freed',
      fix: "binfmt_misc: don't leak the user namespace when the mount fails",
      cve: ['CVE-2026-74483'],
      fixedIn: ['6.12.105'],
      instead: { another: 'ENOSPC' },
    },
    {
      title: 'the kernel warns',
      fix: "binfmt_misc: don't warn when the mount is completed from another user namespace",
      fixedIn: ['6.12.104'],
      instead: {},
      splats: [{ kind: 'WARNING', frame: 'bm_fill_super' }],
    },
  ],
});
