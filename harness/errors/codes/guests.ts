import type { ErrorEntry } from './entry.ts';

/** QEMU, the guest, and the connection to it. */
export const GUESTS = {
  KC_DEBUGGED: {
    blame: ['host'],
    what: 'A debugger stopped the guest (`--gdb`, `--stop-at`), so the run gives no verdict.',
    fix: 'Run again without these options for a verdict.',
  },
  KC_DEBUGGER: {
    blame: ['host'],
    what: "QEMU's gdb server or gdb did not do what it was asked to do.",
    fix: 'Read the message; attach by hand with the command that `--gdb` prints.',
  },
  KC_DEBUG_ONE: {
    blame: ['host'],
    what: '`--gdb`, `--stop-at`, `--dump` and `--backtraces` look into one guest, and more were asked for.',
    fix: 'Name one case and one kernel, without `--jobs`; `--repeat` needs `--stop-at`.',
  },
  KC_DUMP: {
    blame: ['host'],
    what: 'The memory of the guest cannot be written to the file.',
    fix: 'Name a file in a folder that you can write to, on a disk with room for the memory of the guest.',
  },
  KC_NO_SUCH_FUNCTION: {
    blame: ['host'],
    what: 'The kernel has no function of the name that `--stop-at` gives.',
    fix: 'Look it up: `npx kconform shell -- grep NAME /proc/kallsyms`. Inlined functions have no address.',
  },
  KC_ACCELERATOR: {
    blame: ['host'],
    what: 'KVM could not run the guest (KVM internal error).',
    fix: 'Run `npx kconform doctor`, which tests KVM and falls back to emulation where it does not work.',
  },
  KC_AGENT: {
    blame: ['case', 'harness'],
    what: 'The agent in the guest refused a request, or could not be asked (blame harness).',
    fix: 'Read the reason of the agent in the message and correct the call in the scenario.',
  },
  KC_AGENT_CLOSED: {
    blame: ['case'],
    what: 'The connection to the agent in the guest was closed.',
    fix: 'Check whether the scenario kills processes that it did not start (`kill -9 -1`, `killall`, `pkill`).',
  },
  KC_AGENT_REQUEST: {
    blame: ['case'],
    what: 'A request to the agent is invalid: too large, not an integer, or with a NUL byte in a command.',
    fix: 'Correct the call in the scenario; copy large data in several calls.',
  },
  KC_AGENT_SILENT: {
    blame: ['case'],
    what: 'The agent in the guest does not answer, although the guest still runs.',
    fix: 'Check whether the scenario stops processes that it did not start.',
  },
  KC_AGENT_STREAM: {
    blame: ['harness'],
    what: 'The agent sent data that is not a valid frame.',
    fix: 'Report it as a bug of kconform.',
  },
  KC_BUSYBOX: {
    blame: ['host'],
    what: "The programs of this host's busybox cannot be hidden, so the guest's shell would not run those of the packages.",
    fix: 'Install the busybox-static of Debian 12 or 13.',
  },
  KC_COMPILE: {
    blame: ['harness'],
    what: "The guest's own programs do not compile on this host.",
    fix: 'Run `npx kconform doctor`, and read the compiler output in the message.',
  },
  KC_CONNECTION_LOST: {
    blame: ['case'],
    what: 'The guest still runs, but the SSH server or the agent in it was killed or stopped.',
    fix: 'Kill only processes that the scenario started; `kill -9 -1`, `killall` and `pkill` also hit the SSH server.',
  },
  KC_DEVICES: {
    blame: ['case'],
    what: 'The disks or network interfaces that a case, an option or the configuration asks for are not possible.',
    fix: 'Follow the hint: it says which sizes, file systems, images and numbers are possible.',
  },
  KC_FREEZE: {
    blame: ['harness'],
    what: 'The state of a booted guest could not be saved.',
    fix: 'Run the command again: the guest is booted and saved again.',
  },
  KC_GUEST_ENDED: {
    blame: ['case'],
    what: 'The scenario restarted, powered off or halted its guest.',
    fix: 'Remove the reboot or poweroff: nothing can be observed afterwards.',
  },
  KC_GUEST_HANG: {
    blame: ['kernel'],
    what: 'The guest got CPU time but did not answer within the limit.',
    fix: 'Read the console of the guest in the message. This is evidence about the kernel.',
  },
  KC_GUEST_INIT: {
    blame: ['case', 'harness'],
    what: "The guest's init process failed or sent an unexpected message.",
    fix: 'Read the message: the kernel may refuse a module, or lack a virtio driver. Otherwise report it as a bug of kconform.',
  },
  KC_GUEST_MEMORY: {
    blame: ['case'],
    what: 'The guest has too little memory: the kernel could not unpack all files of its root.',
    fix: 'Ask for more memory (`--memory`, or `machine` in expect.ts), or for fewer packages and files.',
  },
  KC_GUEST_PANIC: {
    blame: ['kernel'],
    what: 'The guest kernel panicked.',
    fix: 'Read the console of the guest in the message. This is evidence about the kernel.',
  },
  KC_GUEST_REBOOT: {
    blame: ['kernel'],
    what: 'The guest was reset or switched off, and no process in it asked for that (for instance a triple fault).',
    fix: 'Read the console of the guest in the message. This is evidence about the kernel.',
  },
  KC_INCIDENTAL_VALUES: {
    blame: ['harness'],
    what: 'Mount, namespace or BPF object numbers in the guest could not be shifted for a second observation.',
    fix: 'Report the message as a bug of kconform.',
  },
  KC_MACHINE_FILE: {
    blame: ['case'],
    what: 'A file for the guest cannot be read, cannot be put at that place, or needs a library that is missing.',
    fix: 'Correct the path. Files cannot be put below /dev, /proc, /run, /sys and /tmp, where the guest mounts file systems.',
  },
  KC_NO_SUCH_PACKAGE: {
    blame: ['case'],
    what: 'The Debian release from which packages for guests come has no package of this name.',
    fix: 'Choose one of the names in the hint; `apt-cache search WORD` finds packages.',
  },
  KC_PACKAGES: {
    blame: ['host'],
    what: 'apt cannot bring these packages together: two of them conflict, or one needs what is not published.',
    fix: 'Read what apt says in the message. `npx kconform packages --refresh NAME` downloads new package lists.',
  },
  KC_QEMU_FAILED: {
    blame: ['host'],
    what: 'QEMU exited with an error, or without a reason.',
    fix: 'Read the output of QEMU in the message, and run `npx kconform doctor`.',
  },
  KC_QEMU_KILLED: {
    blame: ['host'],
    what: 'QEMU was killed from outside.',
    fix: 'Look for the out-of-memory killer in `dmesg` of the host, or for a supervisor; run again.',
  },
  KC_QEMU_MISSING: {
    blame: ['host'],
    what: 'QEMU, or the setpriv program that starts it, is not installed.',
    fix: 'Run `apt-get install qemu-system-x86 util-linux`.',
  },
  KC_QEMU_SILENT: {
    blame: ['host'],
    what: 'QEMU did not answer on its control socket within the limit.',
    fix: 'The host stopped the QEMU process or is overloaded: run again with fewer jobs (`--jobs 1`).',
  },
  KC_QEMU_START: {
    blame: ['host', 'harness'],
    what: 'QEMU did not start.',
    fix: 'Run `npx kconform doctor`, and read the output of QEMU in the message.',
  },
  KC_QEMU_STOPPED: {
    blame: ['host'],
    what: 'The QEMU process was stopped (SIGSTOP or a debugger), or QEMU paused the guest.',
    fix: 'Let the process continue and run again.',
  },
  KC_QMP: {
    blame: ['harness'],
    what: 'QEMU refused a command, or closed its control socket.',
    fix: 'Report the message as a bug of kconform, with the version of QEMU.',
  },
  KC_RUN_FOLDER: {
    blame: ['host'],
    what: 'The folder for the files of a running guest could not be created.',
    fix: 'Free some space, or set TMPDIR to a folder that you can write to.',
  },
  KC_SCHEDULE: {
    blame: ['case'],
    what: 'The scenario, its machine or the accelerator cannot be used with a schedule.',
    fix: 'Read docs/deterministic.md, or run it without a schedule.',
  },
  KC_SCHEDULE_LIMIT: {
    blame: ['host'],
    what: 'A guest with a schedule did not end in time. It hangs without a word of the kernel, or the scenario has too much to do for emulation.',
    fix: 'Give the scenario less to do, or less time on the clock of its guest (`--limit`).',
  },
  KC_SSH: {
    blame: ['harness'],
    what: 'The SSH connection to the guest failed.',
    fix: 'Run again. If it fails again, report it as a bug of kconform with the output of `--debug`.',
  },
  KC_SSH_ACCESS: {
    blame: ['host'],
    what: 'Access for other SSH clients could not be set up.',
    fix: 'Check that TMPDIR (or XDG_RUNTIME_DIR) can be written to and that its path is short.',
  },
  KC_TEMPLATE: {
    blame: ['harness'],
    what: 'No guest could be prepared for a kernel, for a reason that has no code of its own.',
    fix: 'Report the message as a bug of kconform with the output of `--debug`.',
  },
} as const satisfies Record<string, ErrorEntry>;
