import { expect, test } from 'vitest';
import { fingerprint, framesOf } from './frames.ts';

const lines = (text: string) => text.split('\n');

test('the machinery of the report, and what the unwinder does not vouch for, are left out', () => {
  const report = lines(`BUG: sleeping function called from invalid context at kernel/bpf/hashtab.c:252
Call Trace:
 <IRQ>
 dump_stack_lvl+0x5d/0x80
 __might_resched.cold+0xf1/0x12f
 ? lock_release+0xc6/0x290
 htab_map_free_timers_and_wq+0x7f/0x130
 bpf_map_put_with_uref.part.0+0x3c/0x60
 bpf_free_inode+0x2c/0x50
 i_callback+0x17/0x40
 </IRQ>
 <TASK>
 default_idle+0xf/0x20`);
  expect(fingerprint(framesOf(report))).toEqual([
    'htab_map_free_timers_and_wq',
    'bpf_map_put_with_uref',
    'bpf_free_inode',
  ]);
  expect(framesOf(report).map(({ name }) => name)).not.toContain('default_idle');
});

test('an oops begins with the instruction that faulted; registers of user space are no frames', () => {
  const report = lines(`BUG: kernel NULL pointer dereference, address: 0000000000000000
RIP: 0010:bpf_lookup+0x1/0x20
Call Trace:
 <TASK>
 vfs_stat+0x8/0x20
 entry_SYSCALL_64_after_hwframe+0x76/0x7e
RIP: 0033:0x47b6fd`);
  expect(framesOf(report)[0]).toEqual({ name: 'bpf_lookup', printed: 'bpf_lookup+0x1/0x20', exact: true });
  expect(fingerprint(framesOf(report))).toEqual(['bpf_lookup', 'vfs_stat']);
});

test('who allocated and freed the memory is not where it was used', () => {
  const report = lines(`BUG: KASAN: slab-use-after-free in link_path_walk+0x1/0x2
Call Trace:
 kasan_report+0xb9/0xf0
 link_path_walk+0x1/0x2
Allocated by task 71:
 kasan_save_stack+0x20/0x40
 bpf_symlink+0x1/0x2`);
  expect(fingerprint(framesOf(report))).toEqual(['link_path_walk']);
});

test.each([[[]], [['']], [[' +0x/0x']], [['RIP: 0010:']]])('no frames in %j', (text) => {
  expect(framesOf(text)).toEqual([]);
});
