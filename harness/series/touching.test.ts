import { expect, test } from 'vitest';
import { subsystemsOf, touching } from './touching.ts';

const TITLES = [
  'bpf: Avoid RCU context warning when unpinning htab with internal structs',
  'bpf: Reject negative head_room in __bpf_skb_change_head',
  'selftests/bpf: unpinning a map',
  'libbpf: Fix unpinning',
  '[amd64] bpf, x86: Avoid repeated usage of bpf_prog',
  'Revert "bpf: Remove something"',
  'netfilter: bpf: defer hook memory release until rcu readers are done',
  'mm: unpinning of pages',
];

test('entries of the subsystems of the files are listed, the most likely first', () => {
  const found = touching(
    TITLES,
    ['kernel/bpf/inode.c'],
    ['bpffs/unpin-releases-at-once', 'released before unlink returns'],
  );
  expect(found.map(({ title }) => TITLES.indexOf(title))).toEqual([0, 1, 4, 5]);
  expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 0);
});

test.each([
  ['kernel/bpf/inode.c', ['bpf', 'inode']],
  ['fs/fsopen.c', ['fs', 'fsopen', 'vfs']],
  ['security/security.c', ['security', 'security', 'lsm']],
  ['include/linux/lsm_hook_defs.h', ['lsm_hook_defs']],
])('%s', (file, names) => expect(subsystemsOf(file)).toEqual(names));
