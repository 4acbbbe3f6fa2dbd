import type { SuiteTestFields } from 'kconform';
import { nsdelegate, onDisk } from './machines.ts';

/** What is to be said of the tests of cgroup. */
export const cgroup: Readonly<Record<string, SuiteTestFields>> = {
  'cgroup/test_core': nsdelegate,
  'cgroup/test_stress.sh': nsdelegate,
  'cgroup/test_cpu': {
    known: [
      {
        reason:
          'it compares the time that a group used with the time that passed; on an emulated CPU they differ by more than it allows',
        cause: 'machine',
        emulatedOnly: true,
        subtests: ['test_cpucg_stats', 'test_cpucg_max', 'test_cpucg_max_nested'],
      },
    ],
    skips: [{ reason: 'it needs four CPUs with nothing else to do', subtests: ['test 4', 'test 6'] }],
  },
  'cgroup/test_freezer': {
    flaky: [
      {
        reason: 'ptrace_stop() wakes the tracer before it counts the tracee as frozen, and the test looks in between',
        failed: 3,
        runs: 5,
        subtests: ['test_cgfreezer_ptrace'],
      },
    ],
  },
  'cgroup/test_cpuset_v1_hp.sh': { skips: [{ reason: 'it needs CONFIG_CPUSETS_V1' }] },
  'cgroup/test_hugetlb_memcg': { skips: [{ reason: 'cgroups are mounted without memory_hugetlb_accounting' }] },
  'cgroup/test_kmem': {
    known: [
      {
        reason: 'it counts on negative dentries in /, and the root of a guest is a tmpfs, which keeps none',
        cause: 'machine',
        subtests: ['test_kmem_basic'],
      },
      {
        reason: 'it expects memory.current of 1000 cgroups to be their percpu memory; their slab memory is in it too',
        cause: 'test',
        subtests: ['test_percpu_basic'],
      },
    ],
  },
  'cgroup/test_zswap': { skips: [{ reason: 'it needs CONFIG_ZSWAP' }] },
  'cgroup/test_cpuset_prs.sh': {
    machine: { cpus: 8 },
    args: ['-d', '5'],
    limitMs: 600_000,
    slow: 'it waits a fixed time for CPUs to go offline, which eight emulated CPUs exceed: it failed in 2 of 2 runs',
  },
  'cgroup/test_memcontrol': {
    ...onDisk,
    splats: [
      { kind: 'OOM', title: 'Memory cgroup out of memory' },
      { kind: 'OOM', frame: 'mem_cgroup_out_of_memory' },
    ],
    skips: [{ reason: 'it needs swap space', subtests: ['test 10'] }],
    flaky: [
      {
        reason: 'it has to read the events while memory grows from 30 to 140 MiB, and is late on a busy host',
        failed: 1,
        runs: 2,
        subtests: ['test_memcg_high_sync'],
        emulatedOnly: true,
      },
    ],
  },
};
