import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a persistent keyring expires, even if linking it failed when it was created',
  needs: { config: ['PERSISTENT_KEYRINGS'] },
  outcome: {
    restrict: null,
    persistent: 'EPERM',
    created: true,
    expires: true,
  },
  knownBugs: [
    {
      title: 'it stays for ever',
      fix: 'keys: finalize persistent keyring timeout after link attempt',
      fixedIn: ['6.12.113'],
      instead: { expires: false },
    },
  ],
});
