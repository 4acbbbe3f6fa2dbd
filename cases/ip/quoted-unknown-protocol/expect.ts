import { expectation } from 'kconform';

export default expectation({
  about: 'an ICMP error that quotes a packet of an unknown protocol is ignored',
  needs: { config: ['INET'] },
  outcome: {
    sent: 36,
    alive: true,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'with ip_no_pmtu_disc=3, the missing protocol is dereferenced',
      fix: 'icmp: fix NULL pointer dereference in icmp_tag_validation()',
      cve: ['CVE-2026-23398'],
      fixedIn: ['6.12.78'],
      instead: {},
      splats: [
        { kind: 'BUG', frame: 'icmp_unreach' },
        { kind: 'GPF', frame: 'icmp_unreach' }, // with KASAN
        { kind: 'panic', title: 'Fatal exception in interrupt' },
      ],
    },
  ],
});
