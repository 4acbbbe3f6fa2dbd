import type { ErrorEntry } from './entry.ts';

/** The machine that kconform runs on, its cache, and kconform itself. */
export const HOST = {
  KC_BUG: {
    blame: ['harness'],
    what: 'An unexpected error occurred in kconform while a case ran.',
    fix: 'Report it with the output of `--debug`.',
  },
  KC_CACHE_DAMAGED: {
    blame: ['host'],
    what: 'A file in the cache changed after it was written.',
    fix: 'Run again: the file is made again. If it happens often, check the disk and the memory of the host.',
  },
  KC_CACHE_LIMIT: {
    blame: ['host'],
    what: 'KCONFORM_CACHE_GIB is not a size.',
    fix: 'Set it to a number of GiB: `KCONFORM_CACHE_GIB=10`.',
  },
  KC_CACHE_REMOVED: {
    blame: ['host'],
    what: 'A file in the cache was removed while it was used.',
    fix: 'Run again (with `--resume` to run only the rest): the file is made again.',
  },
  KC_CACHE_UNWRITABLE: {
    blame: ['host'],
    what: 'The cache folder cannot be written to.',
    fix: 'Set XDG_CACHE_HOME to a folder that you can write to.',
  },
  KC_DISK_FULL: {
    blame: ['host'],
    what: 'The disk is full.',
    fix: 'Free some space (`npx kconform cache --prune`), or set XDG_CACHE_HOME or TMPDIR to another disk.',
  },
  KC_EMULATION: {
    blame: ['host'],
    what: 'QEMU emulated a CPU wrongly: it executed a breakpoint that the kernel had already removed.',
    fix: 'Run again. QEMU before 8.1 does this with several CPUs: use a newer QEMU, KVM, or `--cpus 1`.',
  },
  KC_HOST_BUSY: {
    blame: ['host'],
    what: 'A process got too little CPU time to finish within its limit.',
    fix: 'Run fewer guests at once (`--jobs 1`), or run when the host is less busy.',
  },
  KC_HOST_LIMIT: {
    blame: ['host'],
    what: 'The host refused files, memory, processes or disk space.',
    fix: 'Follow the hint: raise the limit (`ulimit`), free space, or run fewer guests at once (`--jobs 1`).',
  },
  KC_HOST_PAUSED: {
    blame: ['host'],
    what: 'The host stopped kconform or QEMU for some time, so a limit expired that says nothing about the kernel.',
    fix: 'Run again without stopping it (Ctrl-Z, SIGSTOP, a frozen container, a suspended laptop).',
  },
  KC_INTERNAL: {
    blame: ['harness'],
    what: 'An unexpected error occurred in kconform.',
    fix: 'Report it with the output of `--debug`. It says nothing about the kernel.',
  },
  KC_NO_MEMORY: {
    blame: ['host'],
    what: 'A guest would have more memory than the host.',
    fix: 'Ask for less memory, or use a larger host.',
  },
  KC_TMPDIR: {
    blame: ['host'],
    what: 'A temporary folder could not be created, or has no space left.',
    fix: 'Free some space, or set TMPDIR to a folder on another disk that you can write to.',
  },
  KC_TOOL_MISSING: {
    blame: ['host'],
    what: 'A program that is needed is not installed.',
    fix: 'Run the `apt-get install` command in the hint.',
  },
} as const satisfies Record<string, ErrorEntry>;
