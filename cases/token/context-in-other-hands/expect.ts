import { expectation } from 'kconform';
import { sinceDelegation } from '../../bpffs/since.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'another holder of a filesystem context can neither delegate nor create; an attempt to create makes it unusable for everyone',
  commit: '6fe01d3cbb92',
  source: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
  versions: ['6.1'],
  needs: { config: ['USER_NS'] },
  behaviours: { 'privilege/holder-of-context': 'all', 'context/failed': ['byRoot.afterwards'] },
  outcome: {
    byOwner: { delegate: sinceDelegation(null, 'EPERM'), delegateNothing: null, create: 'EPERM' },
    byRoot: {
      before: null,
      // On 6.1 bpffs cannot be mounted in other user namespaces at all; seen there: not even root creates one for them.
      afterwards: {
        delegate: sinceDelegation(null, 'EBUSY'),
        create: sinceDelegation('EPERM', 'EBUSY'),
        fsmount: 'EINVAL',
      },
    },
  },
  quirks: [
    {
      title: 'a failed create by an unprivileged holder makes a context unusable for root',
      documented: 'only a privileged process decides what is delegated',
      link: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
      promised: {
        'byRoot.afterwards.delegate': null,
        'byRoot.afterwards.create': null,
        'byRoot.afterwards.fsmount': null,
      },
    },
  ],
});
