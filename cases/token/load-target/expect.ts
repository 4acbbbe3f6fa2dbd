import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_PROG_LOAD for a device or a target: each failure has its errno and holds no reference',
  source: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
  needs: { config: ['BPF_LSM', 'DEBUG_INFO_BTF', 'NET'] },
  behaviours: {
    'system-call/load-device': ['device'],
    'system-call/load-target': ['hook', 'filter', 'released'],
  },
  outcome: {
    device: { withoutOffload: 'EOPNOTSUPP', missing: 'EINVAL', otherType: 'EINVAL' },
    hook: {
      byDefault: null,
      inKernelBtf: null,
      withoutId: 'EINVAL',
      inOwnBtf: 'ENOTSUPP',
      inProgram: 'EINVAL',
      closed: 'EINVAL',
    },
    filter: { ofProgram: 'EINVAL', ofKernelBtf: 'EINVAL', closed: 'EINVAL' },
    released: { closeBtf: null, btf: 'ENOENT', closeProgram: null, program: 'ENOENT' },
  },
});
