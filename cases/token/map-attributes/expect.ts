import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_MAP_CREATE checks node, access, device, name and BTF of a map, and a refused map holds no reference',
  source: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
  needs: { config: ['NET', 'DEBUG_INFO_BTF'] },
  behaviours: { 'system-call/map-attributes': ['node', 'access', 'extra', 'device', 'name', 'btf', 'released'] },
  outcome: {
    node: { first: null, missing: 'EINVAL', withoutFlag: null },
    access: { both: 'EINVAL' },
    extra: { array: 'EINVAL', bloomFilter: null },
    device: { withoutOffload: 'EOPNOTSUPP', otherType: 'EINVAL' },
    name: { shown: 'm_p.', withSpace: 'EINVAL' },
    btf: { valueOfKernel: 'EINVAL', keyWithoutValue: 'EINVAL', closed: 'EBADF', ofKernel: 'EACCES', own: null },
    released: { otherSize: 'EINVAL', close: null, btf: 'ENOENT' },
  },
});
