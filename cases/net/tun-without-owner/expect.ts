import { expectation } from 'kconform';

export default expectation({
  about: 'a user without CAP_NET_ADMIN can attach to his tun device, and not to one that belongs to nobody',
  machine: { modules: ['tun'] },
  outcome: {
    owned: null,
    ownerless: 'EPERM',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'everybody can attach to a device that belongs to nobody',
      fix: 'tun: Require CAP_NET_ADMIN to attach to an ownerless device',
      cve: ['CVE-2026-99281'],
      fixedIn: ['6.12.117'],
      instead: { ownerless: null },
    },
  ],
});
