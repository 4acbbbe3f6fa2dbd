import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the interpreter of a removed rule with the flag F can be written again',
  machine: { modules: ['binfmt_misc'] },
  outcome: {
    registered: null,
    inUse: 'ETXTBSY',
    removed: null,
  },
  knownBugs: [
    {
      title: 'it stays busy for ever',
      fix: 'binfmt_misc: restore write access when removing an entry',
      cve: ['CVE-2026-74487'],
      fixedIn: ['6.12.105'],
      instead: { removed: 'ETXTBSY' },
    },
  ],
});
