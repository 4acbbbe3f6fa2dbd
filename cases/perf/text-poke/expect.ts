import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'events of changed kernel text require access to the kernel (perf_event_paranoid)',
  needs: { config: ['PERF_EVENTS'] },
  outcome: {
    without: null,
    with: 'EACCES',
  },
  knownBugs: [
    {
      title: 'a user without access to the kernel can open them',
      fix: 'perf: Require kernel access for text poke events',
      fixedIn: ['6.12.113'],
      instead: { with: null },
    },
  ],
});
