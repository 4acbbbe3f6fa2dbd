import { containing, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a token opened again through /proc/self/fd, whatever that gives, does the kernel no harm',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: { 'token/reopened': 'all' },
  outcome: { survives: { use: true, fdinfo: true, close: true }, original: null },
  knownBugs: [
    {
      // The open succeeds and gives a file of bpf_token_fops that has no token: bpf_token_get_from_fd() and
      // bpf_token_show_fdinfo() follow its null pointer. Seen on 6.12.43, 6.12.57, 6.12.117, 6.12.118 and 7.3.4.
      title: 'a token opened again through /proc/self/fd has no token behind it: its use dereferences a null pointer',
      fix: null,
      fixedIn: [],
      link: 'https://git.kernel.org/torvalds/c/35f96de04127',
      instead: { 'survives.use': false, 'survives.fdinfo': false },
      splats: [
        { kind: 'BUG', title: containing('NULL pointer dereference') },
        { kind: 'KASAN', title: containing('null-ptr-deref in bpf_token_get_from_fd') },
        { kind: 'GPF', title: containing('general protection fault') }, // with KASAN, of bpf_token_show_fdinfo()
      ],
    },
  ],
});
