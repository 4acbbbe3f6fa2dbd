import type { SuiteTestFields } from 'kconform';

/** What is to be said of the tests of x86, which need what an emulated CPU lacks. */
export const x86: Readonly<Record<string, SuiteTestFields>> = {
  'x86/sysret_ss_attrs_64': {
    leftOut: 'QEMU 7.2 reads the stack for a far return with the rights of the kernel, which SMAP forbids: an oops',
  },
  'x86/amx_64': { skips: [{ reason: 'an emulated CPU has no AMX' }] },
  'x86/lam_64': { skips: [{ reason: 'an emulated CPU has no linear address masking' }] },
  'x86/mov_ss_trap_64': {
    known: [
      {
        reason:
          'QEMU 7.2 traps right after MOV SS and not after the next instruction, so that a signal arrives while the stack pointer is wrong on purpose',
        cause: 'machine',
        emulatedOnly: true,
        signal: 'SIGSEGV',
      },
    ],
  },
  'x86/syscall_numbering_64': {
    slow: 'it makes each system call number with many values above it, also under ptrace: nine minutes',
  },
  'x86/test_vsyscall_64': {
    skips: [
      {
        reason: 'the kernel maps no vsyscall page (CONFIG_LEGACY_VSYSCALL_NONE)',
        subtests: ['test 3', 'test 5', 'test 7', 'test 9', 'test 13'],
      },
    ],
  },
  'x86/test_shadow_stack_64': {
    known: [
      {
        reason: 'an emulated CPU has no shadow stacks; the test prints SKIP, and ends with status 1',
        cause: 'machine',
        emulatedOnly: true,
      },
    ],
  },
};
