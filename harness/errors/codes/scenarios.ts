import type { ErrorEntry } from './entry.ts';

/** What can go wrong while a scenario runs. */
export const SCENARIOS = {
  KC_AUTHOR_EXIT: {
    blame: ['case'],
    what: "The process that runs the author's file ended: the file called process.exit, or it ran out of memory.",
    fix: 'End the scenario by returning what it observed, or by throwing an error.',
  },
  KC_AUTHOR_KILLED: {
    blame: ['host'],
    what: "The process that runs the author's file was killed from outside.",
    fix: 'Look for the out-of-memory killer in `dmesg` of the host; run again.',
  },
  KC_AUTHOR_PROCESS: {
    blame: ['host'],
    what: "The process that runs the author's file could not be started.",
    fix: 'Run `apt-get install util-linux` (setpriv and prlimit are needed).',
  },
  KC_AUTHOR_TIMEOUT: {
    blame: ['case'],
    what: "The author's file did not finish loading within the limit.",
    fix: 'Look for an endless loop, or a top-level await that is never fulfilled.',
  },
  KC_C_HEADER_OUTSIDE: {
    blame: ['case'],
    what: 'A C scenario includes a header from outside its folder.',
    fix: 'Put a copy of the header beside the C file and include that.',
  },
  KC_C_NOT_COMPILED: {
    blame: ['case'],
    what: 'A C scenario or the sources of a program do not compile.',
    fix: 'Correct the first compiler error, which the message shows. The hint names the kernel headers that were used.',
  },
  KC_FOREIGN_FD: {
    blame: ['case'],
    what: 'A file descriptor of one process was given to another process.',
    fix: 'Pass it to the other process with `receive(fd)`.',
  },
  KC_GUEST_FILE: {
    blame: ['case'],
    what: 'A file in the guest could not be read, written or inspected.',
    fix: 'Check the path and the errno in the message; the file may not exist on this kernel.',
  },
  KC_NO_BTF_TYPE: {
    blame: ['case'],
    what: "The kernel's BTF does not contain the type that a BPF program names.",
    fix: 'Check the spelling, or skip kernels without it (needs in expect.ts).',
  },
  KC_NO_FD: {
    blame: ['case'],
    what: 'A system call failed, so its result has no file descriptor.',
    fix: 'Check `errno` before you use `fd`.',
  },
  KC_OBSERVATION: {
    blame: ['case'],
    what: 'A scenario observed something that is not data.',
    fix: 'Observe null, booleans, numbers, text, and lists and objects of them.',
  },
  KC_OBSERVATION_NOT_DATA: {
    blame: ['case'],
    what: 'A scenario returned a function, a promise, a class instance or another value that is not data.',
    fix: 'Return null, booleans, numbers, text, lists and plain objects; await promises.',
  },
  KC_OUTPUT_TOO_LARGE: {
    blame: ['case'],
    what: 'A command printed more than the limit.',
    fix: 'Send the output to a file in the guest, or filter it there.',
  },
  KC_PROCESS_ENDED: {
    blame: ['case'],
    what: 'A process that the scenario uses has ended.',
    fix: 'Do not call a process after it exited; `ended()` returns how it ended.',
  },
  KC_PROCESS_TIMEOUT: {
    blame: ['case'],
    what: 'A process in the guest did not end within the limit.',
    fix: 'Kill it, or raise the limit of the wait.',
  },
  KC_PROGRAM: {
    blame: ['case'],
    what: 'A program cannot be run as it is described.',
    fix: 'The message says what is wrong: a file that is no program for x86-64, an interpreter or a library that is missing, several programs where one is needed.',
  },
  KC_SCENARIO_ASSERTED: {
    blame: ['case'],
    what: 'An assertion of the scenario failed (node:assert).',
    fix: 'In a reproducer that means: reproduced. In a case, observe the value, and say in expect.ts what it is to be.',
  },
  KC_SCENARIO_CUT_OFF: {
    blame: ['case'],
    what: 'The output of the scenario stopped before its end, so its exit status is unknown.',
    fix: 'Check whether the scenario kills its own shell or the processes around it.',
  },
  KC_SCENARIO_THREW: {
    blame: ['case'],
    what: 'The scenario threw an error.',
    fix: 'Read the message and the place in the file. Observe a failure that you expect instead of throwing it.',
  },
  KC_SCENARIO_TIMEOUT: {
    blame: ['case'],
    what: 'The scenario did not end within its limit, although the guest still answers.',
    fix: 'Give the waits in the scenario a limit, or raise limitMs in expect.ts.',
  },
  KC_SCRIPT_BROKEN: {
    blame: ['case'],
    what: 'The shell script has a syntax error, or is not plain UTF-8 text with Unix line ends.',
    fix: 'Correct the line that the message names.',
  },
  KC_RING: {
    blame: ['case'],
    what: 'An io_uring could not be set up in the guest.',
    fix: 'Check the system call and the errno in the message.',
  },
  KC_SHELL_FAILED: {
    blame: ['case'],
    what: 'A shell command of the scenario failed.',
    fix: 'Use guest.$.nothrow for a command that may fail.',
  },
  KC_SHELL_TIMEOUT: {
    blame: ['case'],
    what: 'A shell command of the scenario did not end within its limit.',
    fix: 'Raise the limitMs of the command, or make the command end earlier.',
  },
  KC_SPAWN: {
    blame: ['case'],
    what: 'A process with the requested namespaces, ids or capabilities could not be set up in the guest.',
    fix: 'Check the system call and the errno in the message; this kernel may not support the namespace.',
  },
  KC_STUCK: {
    blame: ['case', 'kernel'],
    what: 'A call in the guest did not return. Blame kernel: not even SIGKILL ends the process.',
    fix: "Give a call that may wait a limit. Blame kernel: the message shows the process's kernel stack.",
  },
  KC_UNAWAITED: {
    blame: ['case'],
    what: 'A call that the scenario does not await has failed.',
    fix: 'Await the call, or add `.catch(() => undefined)` if it may fail.',
  },
  KC_UNKNOWN_FIELD: {
    blame: ['case'],
    what: 'A structure of the kernel has no field of that name.',
    fix: 'Use one of the fields that the message lists.',
  },
  KC_UNKNOWN_SYSCALL: {
    blame: ['case'],
    what: 'The name of a system call is unknown.',
    fix: 'Use a name of asm/unistd_64.h, or give the number of the system call.',
  },
} as const satisfies Record<string, ErrorEntry>;
