import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a map with a timer or a work queue in its value requires CAP_BPF; with a token it is checked in the user namespace',
  commit: 'a177fc2bf6fd',
  source: 'https://git.kernel.org/torvalds/c/a177fc2bf6fd',
  versions: ['6.10'], // bpf_wq
  needs: { config: ['USER_NS'] },
  behaviours: { 'token-map/special-fields': 'all' },
  outcome: {
    withToken: { timer: null, workqueue: null, plain: null },
    withoutToken: { timer: 'EPERM', workqueue: 'EPERM', plain: null },
    withoutCapBpf: { timer: 'EPERM', workqueue: 'EPERM', plain: null },
  },
});
