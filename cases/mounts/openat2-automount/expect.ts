import { expectation, matching } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'openat2 with RESOLVE_NO_XDEV does not mount what it may not enter',
  needs: { config: ['DEBUG_FS', 'TRACING'] },
  outcome: {
    isThere: true,
    open: 'EXDEV',
    mounted: null,
  },
  knownBugs: [
    {
      title: 'the file system is mounted, and then not entered',
      fix: "openat2: don't trigger automounts with RESOLVE_NO_XDEV",
      fixedIn: ['6.12.54'],
      instead: { mounted: matching(/^rw/) },
    },
  ],
});
