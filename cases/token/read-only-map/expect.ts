import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a map created read-only or write-only gives a descriptor with that access; pinning and reopening it gives full access',
  commit: '6e71b04a8224',
  source: 'https://git.kernel.org/torvalds/c/6e71b04a8224',
  behaviours: {
    'system-call/read-only-map': ['plain', 'readOnly', 'writeOnly', 'both', 'user.direct'],
    'quirk/read-only-escalation': ['user'],
  },
  outcome: {
    plain: { update: null, lookup: null },
    readOnly: { update: 'EPERM', lookup: null },
    writeOnly: { update: null, lookup: 'EPERM' },
    both: 'EINVAL',
    user: {
      direct: { update: 'EPERM', lookup: null },
      pin: null,
      get: null,
      afterGet: { update: null, lookup: null },
    },
  },
  quirks: [
    {
      title: 'a process with a read-only descriptor of a map pins and reopens it for writing',
      documented: 'a read-only descriptor does not allow writing',
      link: 'https://git.kernel.org/torvalds/c/6e71b04a8224',
      promised: { 'user.afterGet.update': 'EPERM' },
    },
  ],
});
