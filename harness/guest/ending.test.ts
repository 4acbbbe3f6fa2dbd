import { expect, test } from 'vitest';
import { diskEnding, type EndEvidence, endingOf } from './ending.ts';
import type { Exit } from './qemu/child.ts';

const exit = (parts: Partial<Exit> = {}): Exit => ({ code: 0, signal: null, output: '', error: undefined, ...parts });
const PANIC = '[   13.774270] Kernel panic - not syncing: Fatal exception\n';
const INIT = '[   13.774270] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\n';
const line = (text: string) => `[   13.774270] ${text}\n`;

/** What happened, what is seen of it, who is to blame, and what is said. */
const ENDS: readonly (readonly [string, Partial<EndEvidence>, string, string, RegExp])[] = [
  ['SIGKILL of QEMU', { exit: exit({ code: null, signal: 'SIGKILL' }) }, 'host', 'KC_QEMU_KILLED', /killed by SIGKILL/],
  [
    'SIGTERM of QEMU',
    {
      exit: exit({ output: 'qemu-system-x86_64: terminating on signal 15 from pid 7 (kill)\n' }),
      shutdown: 'host-signal',
    },
    'host',
    'KC_QEMU_KILLED',
    /terminating on signal 15 from pid 7/,
  ],
  ['SIGTERM of QEMU, told by QMP alone', { shutdown: 'host-signal' }, 'host', 'KC_QEMU_KILLED', /host-signal/],
  [
    'an error of QEMU',
    { exit: exit({ code: 1, output: 'no space\n' }) },
    'host',
    'KC_QEMU_FAILED',
    /exit code 1\): no space$/,
  ],
  ['an exit without a reason', { shutdown: undefined }, 'host', 'KC_QEMU_FAILED', /gave no reason/],
  [
    'a signal although the guest has panicked',
    { console: PANIC, shutdown: 'host-signal' },
    'host',
    'KC_QEMU_KILLED',
    /host-signal/,
  ],
  [
    'a panic',
    { console: PANIC, shutdown: 'guest-reset' },
    'kernel',
    'KC_GUEST_PANIC',
    /^Kernel panic - not syncing: Fatal/,
  ],
  ['a panic that hangs', { console: PANIC, exit: undefined }, 'kernel', 'KC_GUEST_PANIC', /^Kernel panic/],
  ['a triple fault', { shutdown: 'guest-reset' }, 'kernel', 'KC_GUEST_REBOOT', /triple fault/],
  [
    'a power-off that nobody asked for',
    { shutdown: 'guest-shutdown' },
    'kernel',
    'KC_GUEST_REBOOT',
    /switched itself off/,
  ],
  [
    'reboot -f',
    { console: line('reboot: Restarting system'), shutdown: 'guest-reset' },
    'case',
    'KC_GUEST_ENDED',
    /reboot: Restarting/,
  ],
  [
    'poweroff -f',
    { console: line('reboot: Power down'), shutdown: 'guest-shutdown' },
    'case',
    'KC_GUEST_ENDED',
    /Power down/,
  ],
  ['halt -f', { console: line('reboot: System halted'), exit: undefined }, 'case', 'KC_GUEST_ENDED', /System halted/],
  [
    'sysrq b',
    { console: line('sysrq: Resetting'), shutdown: 'guest-reset' },
    'case',
    'KC_GUEST_ENDED',
    /sysrq: Resetting/,
  ],
  [
    'sysrq o',
    { console: line('sysrq: Power Off'), shutdown: 'guest-shutdown' },
    'case',
    'KC_GUEST_ENDED',
    /sysrq: Power Off/,
  ],
  [
    'a panic while it restarts',
    { console: line('reboot: Restarting system') + PANIC, shutdown: 'guest-reset' },
    'kernel',
    'KC_GUEST_PANIC',
    /Fatal/,
  ],
  [
    'an exit of our init',
    { console: `kconform init: no way: error -2\n${INIT}`, shutdown: 'guest-reset' },
    'harness',
    'KC_GUEST_INIT',
    /no way: error -2/,
  ],
  [
    'an exit of our init whose message is lost',
    { console: INIT, shutdown: 'guest-reset' },
    'harness',
    'KC_GUEST_INIT',
    /status 1/,
  ],
  [
    'a machine without PCI',
    { console: `${line('kconform init: this machine has no PCI devices')}${INIT}`, shutdown: 'guest-reset' },
    'harness',
    'KC_GUEST_INIT',
    /this machine has no PCI devices/,
  ],
  [
    'a guest without room for its init',
    { console: line('Initramfs unpacking failed: write error') + PANIC, shutdown: 'guest-reset' },
    'case',
    'KC_GUEST_MEMORY',
    /too little memory .*write error/,
  ],
  [
    'a guest without room for all that its init needs',
    {
      console: `${line('rootfs image is not initramfs (write error); looks like an initrd')}${line('Run /init as init process')}${INIT}`,
      shutdown: 'guest-reset',
    },
    'case',
    'KC_GUEST_MEMORY',
    /too little memory .*write error/,
  ],
  [
    'a panic after a scenario wrote such words',
    {
      console: line('Run /init as init process') + line('Initramfs unpacking failed: write error') + PANIC,
      shutdown: 'guest-reset',
    },
    'kernel',
    'KC_GUEST_PANIC',
    /Fatal/,
  ],
  [
    'a crash of our init',
    { console: INIT.replace('0100', '000b'), shutdown: 'guest-reset' },
    'kernel',
    'KC_GUEST_PANIC',
    /Attempted to kill init/,
  ],
];

test.each(ENDS)('%s', (_, evidence, blame, code, reason) => {
  const ending = endingOf({ exit: exit(), shutdown: undefined, console: '', ...evidence });
  expect(ending).toMatchObject({ blame, code, reason: expect.stringMatching(reason) });
});

test('a disk of the host that is full or broken ends the guest at the host’s cost', () => {
  expect(diskEnding({ nospace: true, reason: 'No space left on device' })).toMatchObject({
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: expect.stringContaining('TMPDIR'),
  });
  expect(diskEnding({ nospace: false, reason: 'Input/output error' })).toMatchObject({
    code: 'KC_QEMU_FAILED',
    blame: 'host',
    reason: 'the host failed to read or write a disk of the guest: Input/output error',
  });
});
