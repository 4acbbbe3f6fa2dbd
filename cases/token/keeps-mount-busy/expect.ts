import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'an open token keeps its bpffs from being unmounted or remounted read-only; tokens can be created on a read-only one',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'token/busy-umount': ['umount'],
    'token/outlives-bpffs': ['detach'],
    'token/busy-read-only': ['readOnly.withToken', 'readOnly.afterClose'],
    'token/create-read-only': ['readOnly.mkdir', 'readOnly.createToken', 'readOnly.mapCreate'],
  },
  outcome: {
    umount: { withToken: 'EBUSY', afterClose: null },
    detach: { umount: null, mapCreate: null },
    readOnly: { withToken: 'EBUSY', afterClose: null, mkdir: 'EROFS', createToken: null, mapCreate: null },
  },
});
