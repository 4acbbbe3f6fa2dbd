import { describe, expect, test } from 'vitest';
import { readSplats } from './splats.ts';

/** Heads as kernels print them, each with the kind and title that must come out. */
const heads: readonly [string, string, string][] = [
  [
    '[    1.234567] WARNING: CPU: 0 PID: 71 at kernel/bpf/inode.c:612 bpf_free_inode+0x6e/0x80',
    'WARNING',
    'WARNING: at kernel/bpf/inode.c bpf_free_inode',
  ],
  [
    '[   12.0][   T71] WARNING: kernel/bpf/inode.c:612 at bpf_free_inode+0x6e/0x80, CPU#1: rm/71',
    'WARNING',
    'WARNING: at kernel/bpf/inode.c bpf_free_inode',
  ],
  [
    'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:283',
    'sleeping',
    'BUG: sleeping function called from invalid context at kernel/locking/mutex.c',
  ],
  ['BUG: scheduling while atomic: swapper/0/0/0x00000100', 'atomic', 'BUG: scheduling while atomic'],
  [
    'BUG: kernel NULL pointer dereference, address: 0000000000000010',
    'BUG',
    'BUG: kernel NULL pointer dereference, address: ADDR',
  ],
  [
    'BUG: unable to handle page fault for address: ffff8881ffffff10',
    'BUG',
    'BUG: unable to handle page fault for address: ADDR',
  ],
  ['kernel BUG at fs/inode.c:593!', 'BUG', 'kernel BUG at fs/inode.c!'],
  ['Oops: 0002 [#1] PREEMPT SMP PTI', 'Oops', 'Oops: 0002'],
  [
    'Oops: general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP',
    'GPF',
    'Oops: general protection fault, probably for non-canonical address ADDR: 0000',
  ],
  ['general protection fault: 0000 [#1] SMP', 'GPF', 'general protection fault: 0000'],
  [
    'BUG: KASAN: slab-use-after-free in htab_map_free+0x1f/0x2c0',
    'KASAN',
    'BUG: KASAN: slab-use-after-free in htab_map_free',
  ],
  [
    'UBSAN: array-index-out-of-bounds in net/core/filter.c:123:45',
    'UBSAN',
    'UBSAN: array-index-out-of-bounds in filter.c',
  ],
  [
    'WARNING: possible circular locking dependency detected',
    'lockdep',
    'WARNING: possible circular locking dependency detected',
  ],
  ['WARNING: inconsistent lock state', 'lockdep', 'WARNING: inconsistent lock state'],
  ['WARNING: suspicious RCU usage', 'lockdep', 'WARNING: suspicious RCU usage'],
  [
    'rcu: INFO: rcu_preempt self-detected stall on CPU',
    'RCU stall',
    'rcu: INFO: rcu_preempt self-detected stall on CPU',
  ],
  [
    'rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }',
    'RCU stall',
    'rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }',
  ],
  ['watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [init:1]', 'lockup', 'watchdog: BUG: soft lockup -'],
  ['watchdog: Watchdog detected hard LOCKUP on cpu 1', 'lockup', 'watchdog: Watchdog detected hard LOCKUP on'],
  ['INFO: task rm:71 blocked for more than 120 seconds.', 'hung task', 'INFO: task rm blocked'],
  ['refcount_t: underflow; use-after-free.', 'refcount', 'refcount_t: underflow; use-after-free.'],
  [
    'list_del corruption. prev->next should be ffff888003a8c2d8, but was dead000000000122',
    'list corruption',
    'list_del corruption. prev->next should be ADDR, but was ADDR',
  ],
  [
    'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
    'panic',
    'Kernel panic - not syncing: Attempted to kill init! exitcode=ADDR',
  ],
  ['traps: PANIC: double fault, error_code: 0x0', 'double fault', 'traps: PANIC: double fault, error_code: NUM'],
  [
    'BUG: TASK stack guard page was hit at 00000000deadbeef (stack is 0000000011111111..0000000022222222)',
    'stack overflow',
    'BUG: TASK stack guard page was hit at ADDR (stack is ADDR..ADDR)',
  ],
  ['sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0', 'OOM', 'invoked oom-killer'],
];

test.each(heads)('%s', (line, kind, title) => {
  expect(readSplats(`[    1.0] fine\n${line}\n`)).toEqual([expect.objectContaining({ kind, title })]);
});

test.each(heads)('behind half a line that a program printed: %s', (line, kind, title) => {
  const text = line.replace(/^\[[^\]]*\](\[[^\]]*\])? /, '');
  for (const half of ['x', 'login: ', '\t', 'a [1.5] [ 12', '=== RUN 50% ==='])
    for (const caller of ['', '[   T71]', '[    C0]'])
      expect(readSplats(`[    1.000000] fine\n${half}[   12.345678]${caller} ${text}\n`)).toEqual([
        expect.objectContaining({ kind, title, at: 12.345678 }),
      ]);
});

test.each([
  '[    0.000000] Command line: console=ttyS0 note="BUG: x" panic=-1',
  '[    3.1] systemd[1]: WARNING: CPU: nothing of the kind',
  'WARNING: the data directory is read-only',
  '[    0.0] printk: WARNING: CPU: 0 PID: 1 at nowhere',
  '[    0.1] MDS: Vulnerable: Clear CPU buffers attempted, no microcode',
  '[    0.2] Unless you actually understand what nomodeset does, you should reboot without enabling it',
  '[    0.3] debug: BUG: KASAN: quoted by somebody',
  '[    0.300000] debug: [    0.200000] BUG: KASAN: a record quoted by somebody',

  'login: BUG: KASAN: without a time stamp, so not of the kernel',
  '[    0.4] rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.',
  '[    0.5] NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  '[    0.6] ** This means that this kernel is built for debugging. WARNING **',
])('no splat: %s', (line) => {
  expect(readSplats(line)).toEqual([]);
});

const oops = `[    2.0] x
[    2.1] BUG: kernel NULL pointer dereference, address: 0000000000000000
[    2.1] #PF: supervisor read access in kernel mode
[    2.1] PGD 0 P4D 0
[    2.1] Oops: 0000 [#1] PREEMPT SMP PTI
[    2.1] CPU: 0 PID: 1 Comm: init Not tainted 6.12.57 #1
[    2.1] RIP: 0010:f+0x1/0x2
[    2.1] Call Trace:
[    2.1]  <TASK>
[    2.1]  g+0x1/0x2
[    2.1] ---[ end trace 0000000000000000 ]---
[    2.2] Kernel panic - not syncing: Fatal exception
[    2.2] Kernel Offset: disabled
[    2.2] ---[ end Kernel panic - not syncing: Fatal exception ]---
`;

describe('a report of many lines', () => {
  test('is one splat, and the panic that it ends in another', () => {
    const splats = readSplats(oops);
    expect(splats.map(({ kind, text }) => [kind, text.length])).toEqual([
      ['BUG', 10],
      ['panic', 3],
    ]);
    expect(splats[0]?.text[3]).toBe('Oops: 0000 [#1] PREEMPT SMP PTI');
  });

  test('reads the same with CRLF, cut off, and with escape sequences in front', () => {
    expect(readSplats(oops.replaceAll('\n', '\r\n'))).toEqual(readSplats(oops));
    for (let end = 0; end < oops.length; end += 7) expect(() => readSplats(oops.slice(0, end))).not.toThrow();
    expect(readSplats(`\u001b[2J\u001b[1;1H${oops.split('\n')[1]}`)).toHaveLength(1);
  });

  test('does not take in what the console says afterwards', () => {
    const log = 'UBSAN: shift-out-of-bounds in a.c:1:2\nindex 4 is out of range\na\nb\nc\nd\ne\nBUG: x';
    expect(readSplats(log).map(({ kind }) => kind)).toEqual(['UBSAN', 'BUG']);
    expect(readSplats(log)[0]?.text).not.toContain('d');
  });

  test('two of a kind are two splats', () => {
    const warning = '[    1.0] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n[    1.0] ---[ end trace 0 ]---\n';
    expect(readSplats(warning + warning)).toHaveLength(2);
  });
});
