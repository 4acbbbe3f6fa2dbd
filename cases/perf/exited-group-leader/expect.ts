import { expectation } from 'kconform';

export default expectation({
  about: 'an event that exec has removed cannot become the leader of a group',
  versions: ['5.13'],
  needs: { config: ['PERF_EVENTS'] },
  outcome: {
    leader: null,
    other: null,
    before: null,
    afterOther: null,
    afterLeader: 'ENODEV',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it is accepted',
      fix: 'perf: Reject exited events as group leaders',
      cve: ['CVE-2026-74753'],
      fixedIn: ['6.12.108'],
      instead: { afterLeader: null },
    },
  ],
});
