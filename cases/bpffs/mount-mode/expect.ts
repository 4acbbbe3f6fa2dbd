import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const REFUSED = "EINVAL, bpf: Bad value for 'mode'";

export default expectation<typeof scenario>({
  about: 'mode= is octal and sets the permissions of the root directory; the sticky bit is always set and not shown',
  commit: 'd2935de7e4fd',
  source: 'https://git.kernel.org/torvalds/c/d2935de7e4fd',
  behaviours: {
    'mount/mode': ['accepted'],
    'mount/mode-shown': ['accepted'],
    'mount/mode-refused': ['refused'],
  },
  outcome: {
    accepted: {
      'mode=0700': { shown: 'mode=700', mode: '41700' },
      'mode=700': { shown: 'mode=700', mode: '41700' },
      'mode=777': { shown: '', mode: '41777' },
      'mode=0': { shown: 'mode=0', mode: '41000' },
      'mode=1700': { shown: 'mode=700', mode: '41700' },
      'mode=4755': { shown: 'mode=4755', mode: '45755' },
      'mode=2755': { shown: 'mode=2755', mode: '43755' },
      'mode=7777': { shown: 'mode=6777', mode: '47777' },
      'mode=177777': { shown: 'mode=6777', mode: '47777' },
      'mode=700,mode=711': { shown: 'mode=711', mode: '41711' },
    },
    refused: {
      'mode=888': REFUSED,
      'mode=0x1ff': REFUSED,
      'mode=-1': REFUSED,
      'mode=40000000000': REFUSED,
      'mode=rwx': REFUSED,
      mode: REFUSED,
      'mode=': REFUSED,
    },
  },
});
