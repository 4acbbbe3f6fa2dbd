import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_PROG_LOAD checks instructions, licence and name, and a program remembers when and by whom it was loaded',
  source: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
  needs: { config: ['NET', 'BPF_EVENTS'] },
  behaviours: {
    'system-call/load-attributes': ['instructions', 'licence', 'name', 'array'],
    'system-call/load-information': ['loadTimesGrow', 'users'],
  },
  outcome: {
    instructions: { none: 'E2BIG', tooMany: 'E2BIG', unreadable: 'EFAULT' },
    licence: { unreadable: 'EFAULT', compatible: null, other: 'EINVAL', empty: null, longerThanItsBuffer: 'EINVAL' },
    name: { plain: null, withSpace: 'EINVAL' },
    loadTimesGrow: true,
    users: [0, 1000],
    array: { first: null, fragments: 'EINVAL', again: null },
  },
});
