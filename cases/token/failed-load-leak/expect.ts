import { atMost, expectation } from 'kconform';

export default expectation({
  about: 'a load of a program that fails keeps neither the program nor its user',
  source: 'kernel/bpf/syscall.c, bpf_prog_load(): free_prog',
  // KASAN holds freed memory back (mm/kasan/quarantine.c), and kmemleak allocates a record for each object.
  needs: { config: ['BPF_SYSCALL'], withoutConfig: ['KASAN', 'DEBUG_KMEMLEAK'] },
  outcome: {
    refused: 4000,
    // With the mutant that keeps the users: 576 KiB. Kernels that free them: at most 164 KiB (4 runs, 6.12.43 and 6.12.118).
    grownKiB: atMost(400),
    exitCode: 0,
    signal: null,
    output: '',
  },
});
