import { expectation } from 'kconform';

export default expectation({
  about: 'a synthetic event can take the stack trace of another synthetic event',
  source: 'the report in the text of the fix',
  versions: ['6.3'],
  needs: { config: ['SYNTH_EVENTS', 'HIST_TRIGGERS', 'STACKTRACE'] },
  outcome: {
    seen: true,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the offset of the stack trace is taken for its address',
      fix: 'tracing: Fix crash on synthetic stacktrace field usage',
      fixedIn: ['6.12.68'],
      instead: {},
      splats: [
        { kind: 'BUG', frame: 'trace_event_raw_event_synth' },
        { kind: 'GPF', frame: 'trace_event_raw_event_synth' },
      ],
    },
  ],
});
