import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'callchains of the kernel require access to the kernel (perf_event_paranoid)',
  needs: { config: ['PERF_EVENTS'] },
  outcome: {
    without: null,
    with: 'EACCES',
  },
  knownBugs: [
    {
      title: 'a user without access to the kernel can ask for them',
      fix: 'perf/core: Check kernel access when kernel callchains are requested',
      fixedIn: ['6.12.113'],
      instead: { with: null },
    },
  ],
});
