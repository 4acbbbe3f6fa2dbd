import { expectation } from 'kconform';

export default expectation({
  about: 'a mapping of a trace buffer cannot be unmapped in parts',
  versions: ['6.10'],
  needs: { config: ['TRACING'] },
  outcome: {
    part: 'EINVAL',
    whole: null,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'each part is counted as a whole mapping, and the kernel warns',
      fix: 'tracing: Fix WARN_ON in tracing_buffers_mmap_close for split VMAs',
      fixedIn: ['6.12.61'],
      instead: { part: null },
      splats: [{ kind: 'WARNING', frame: 'tracing_buffers_mmap_close' }],
    },
  ],
});
