import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALLOWED = { map: null, program: null, btf: null } as const;

export default expectation<typeof scenario>({
  about: 'bpf(2) rejects unknown commands, closed descriptors, and unprivileged callers if they are not allowed',
  commit: '08389d888287',
  source: 'https://docs.kernel.org/admin-guide/sysctl/kernel.html#unprivileged-bpf-disabled',
  needs: { config: ['BPF_UNPRIV_DEFAULT_OFF', 'NET'] },
  behaviours: {
    'system-call/unknown-command': ['unknownCommand'],
    'quirk/info-closed-fd': ['closed.information'],
    'quirk/pin-closed-fd': ['closed.pin'],
    'quirk/errno-524': ['unnamedErrors'],
    'system-call/unprivileged': ['unprivileged'],
  },
  outcome: {
    unknownCommand: { firstOfTheFuture: 'EINVAL', thousand: 'EINVAL', negative: 'EINVAL' },
    closed: { information: 'EBADFD', pin: 'EINVAL' },
    unnamedErrors: { lruWithoutPreallocation: 'ENOTSUPP', flagsOfBtf: 'ENOTSUPP' },
    unprivileged: {
      setting: '2',
      disabled: { map: 'EPERM', program: 'EPERM', btf: 'EPERM' },
      enabled: { map: null, program: null, btf: 'EPERM' },
      root: ALLOWED,
    },
  },
  quirks: [
    {
      title: 'a closed descriptor fails with EBADFD in BPF_OBJ_GET_INFO_BY_FD, and with EINVAL in BPF_OBJ_PIN',
      documented: 'EBADF: fd is not an open file descriptor',
      link: 'https://man7.org/linux/man-pages/man2/bpf.2.html',
      promised: { 'closed.information': 'EBADF', 'closed.pin': 'EBADF' },
    },
  ],
});
