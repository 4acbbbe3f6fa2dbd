import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the interpreter of a rule that is refused, for its name is taken, can be written',
  machine: { modules: ['binfmt_misc'] },
  outcome: {
    first: null,
    sameName: 'EEXIST',
    written: null,
  },
  knownBugs: [
    {
      title: 'it stays busy for ever',
      fix: 'binfmt_misc: restore write access before closing files opened by open_exec()',
      cve: ['CVE-2025-68239'],
      fixedIn: ['6.12.78'],
      instead: { written: 'ETXTBSY' },
    },
  ],
});
