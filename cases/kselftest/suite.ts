import { suite } from 'kconform';
import { cgroup } from './cgroup.ts';
import { hugePages, onDisk, oneHugePage } from './machines.ts';
import { more, only, packages, targets } from './targets.ts';
import { timers } from './timers.ts';
import { x86 } from './x86.ts';

/** futex_requeue. Its exit status is -2 (254) after each failure. */
const lateThreads = {
  reason: 'ten threads have 10 ms to start and wait for the futex, which is too short on emulated CPUs of a busy host',
  failed: 11,
  runs: 20,
  exitCode: 254,
  emulatedOnly: true,
} as const;

export default suite({
  kind: 'kselftest',
  about: "the kernel's own selftests",
  targets,
  more,
  only,
  machine: { cpus: 2, memory: '1G', packages },
  tests: {
    ...cgroup,
    ...timers,
    ...x86,
    'breakpoints/step_after_suspend_test': {
      leftOut: 'it suspends the machine to memory, and guests have no clock that wakes them',
    },
    'breakpoints/breakpoint_test': {
      known: [
        {
          reason: 'QEMU 7.2 does not emulate INT1 (0xf1): it is an invalid opcode, which ends the traced process',
          cause: 'machine',
          emulatedOnly: true,
          subtests: ['Test icebp', 'Test int 3 trap'],
          problems: ['exit status 0 although a subtest failed'],
        },
      ],
    },
    'cachestat/test_cachestat': onDisk,
    'clone3/clone3_cap_checkpoint_restore': {
      known: [
        {
          reason: 'it writes into the private structure of libcap, whose layout is another one in newer versions',
          cause: 'test',
          subtests: ['global.clone3_cap_checkpoint_restore'],
        },
      ],
    },
    'connector/proc_filter': { leftOut: 'it prints events until somebody ends it: no test' },
    'exec/binfmt_script.py': { machine: { packages: ['libc-bin', 'perl-base', 'python3'] } },
    'fchmodat2/fchmodat2_test': {
      skips: [{ reason: 'no file system here changes the mode of a symbolic link', subtests: ['test 2'] }],
    },
    'filelock/ofdlocks': {
      known: [{ reason: 'it compares padding of struct flock that it never set', cause: 'test', exitCode: 255 }],
    },
    'filesystems/devpts_pts': {
      skips: [{ reason: 'its standard input is no terminal' }],
    },
    'filesystems/epoll/epoll_wakeup_test': {
      limitMs: 180_000,
      known: [
        {
          reason:
            'its harness allows 30 s for a subtest; 100,000 wake-ups between two threads take longer on emulated CPUs',
          cause: 'machine',
          emulatedOnly: true,
          subtests: ['global.epoll59', 'global.epoll60'],
        },
      ],
    },
    'filesystems/fat/run_fat_tests.sh': {
      machine: { modules: ['loop', 'vfat', 'nls_cp437', 'nls_ascii'] },
      prepare: `printf '#!/bin/sh\\nexec "$@"\\n' >/usr/bin/sudo && chmod 755 /usr/bin/sudo`,
    },
    'fpu/test_fpu': { skips: [{ reason: 'it needs CONFIG_TEST_FPU' }] },
    'fpu/run_test_fpu.sh': { skips: [{ reason: 'it needs CONFIG_TEST_FPU' }] },
    'filesystems/overlayfs/*': { machine: { modules: ['overlay'] } },
    'futex/functional/futex_requeue': {
      flaky: [
        { ...lateThreads, failures: ['futex_requeue many returned: 0'] },
        {
          ...lateThreads,
          failures: ['futex_requeue many returned: 0 Success', 'futex_requeue many returned: 0 Success (2)'],
          problems: ['the plan says 2 subtests, 3 have a result'],
        },
      ],
    },
    'futex/run.sh': {
      leftOut: 'it starts the programs of futex/functional one after another; they are tests of their own here',
    },
    'landlock/fs_test': {
      skips: [
        {
          reason: 'hostfs is a file system of User Mode Linux',
          subtests: [
            'layout3_fs.hostfs.tag_inode_dir_parent',
            'layout3_fs.hostfs.tag_inode_dir_mnt',
            'layout3_fs.hostfs.tag_inode_dir_child',
            'layout3_fs.hostfs.tag_inode_file',
            'layout3_fs.hostfs.release_inodes',
          ],
        },
      ],
    },
    'memfd/run_hugetlbfs_test.sh': {
      leftOut:
        'memfd_test aborts, since hugetlbfs_setattr() does not check F_SEAL_EXEC; the exit status of the script is 0',
    },
    'mincore/mincore_selftest': { ...onDisk, machine: { ...onDisk.machine, kernelParameters: ['hugepages=16'] } },
    'mm/*': { needs: {} },
    'mm/run_vmtests.sh': {
      leftOut: 'it starts the programs of mm one after another; they are tests of their own here',
    },
    'mm/compaction_test': hugePages,
    'mm/hugepage-mmap': hugePages,
    'mm/hugepage-shm': hugePages,
    'mm/ksm_functional_tests': {
      known: [
        {
          reason: 'it calls execv() with a list of arguments that has no end, and the child goes on with its tests',
          cause: 'test',
          problems: [
            'the plan says 9 subtests, 10 have a result',
            'several results have the number 8',
            'the totals say pass:9, the lines pass:10',
          ],
        },
      ],
    },
    'mm/mdwe_test': {
      skips: [
        {
          reason: 'BTI is a feature of arm64',
          subtests: ['stock', 'enabled', 'inherited', 'not_inherited'].map((name) => `mdwe.${name}.arm64_BTI`),
        },
      ],
    },
    'mm/on-fault-limit': { skips: [{ reason: 'root has no limit of locked memory, and tests run as root' }] },
    'mm/hugetlb-madvise': hugePages,
    'mm/hugetlb_fault_after_madv': { ...oneHugePage, slow: 'two threads race 10,000 times: 5 minutes' },
    'mm/hugetlb_madv_vs_map': oneHugePage,
    'mm/map_hugetlb': hugePages,
    'mm/mremap_test': { machine: { memory: '4G' } },
    'mm/pagemap_ioctl': hugePages,
    'mm/thuge-gen': hugePages,
    'mount_setattr/mount_setattr_test': { machine: { modules: ['loop', 'ext4'] } },
    'net/*': { needs: {}, machine: { modules: ['veth', 'dummy', 'tun', 'tap', 'macvtap', 'unix_diag'] } },
    'net/icmp.sh': {
      machine: { packages: ['tcpdump'] },
      prepare: 'echo tcpdump:x:100:100::/:/bin/false >>/etc/passwd && echo tcpdump:x:100: >>/etc/group',
    },
    'net/ip_local_port_range.sh': {
      machine: { modules: ['sctp'] },
      known: [
        {
          reason: 'late_bind makes a socket of the default protocol in place of SCTP, for which a failure is expected',
          cause: 'test',
          subtests: ['ip_local_port_range.ip4_stcp.late_bind', 'ip_local_port_range.ip6_stcp.late_bind'],
          shows: 'xpass',
          problems: ['exit status 0 although a subtest failed'],
        },
      ],
    },
    'net/rps_default_mask.sh': { machine: { cpus: 4 } },
    'perf_events/mmap': {
      skips: [
        {
          reason: 'an emulated CPU has no event with an AUX buffer',
          subtests: ['perf_mmap.aux.remap', 'perf_mmap.aux.unmap', 'perf_mmap.aux.map'],
        },
      ],
    },
    'perf_events/remove_on_exec': {
      known: [
        {
          reason: 'it opens hardware counters, which an emulated CPU does not have',
          cause: 'machine',
          emulatedOnly: true,
          subtests: [
            'remove_on_exec.fork_only',
            'remove_on_exec.fork_exec_then_enable',
            'remove_on_exec.enable_then_fork_exec',
            'remove_on_exec.exec_stress',
          ],
        },
      ],
    },
    // It forks until a process id comes again: 32,768 times, where nobody sets the maximum.
    'pidfd/pidfd_test': { prepare: 'echo 4096 >/proc/sys/kernel/pid_max' },
    'prctl/*': { needs: {} },
    'prctl/set-anon-vma-name-test': { needs: { config: ['ANON_VMA_NAME'] } },
    'ptrace/vmaccess': {
      known: [
        {
          reason:
            'attaching to a process whose other thread executes a program waits for ever; no fix is in a stable kernel',
          cause: 'kernel',
          subtests: ['global.attach'],
        },
      ],
    },
    'seccomp/seccomp_benchmark': {
      slow: 'it compares the time of system calls, which emulation makes uneven: its results differ from run to run',
      known: [
        {
          reason: 'it compares the time of system calls with and without filters, which emulation makes uneven',
          cause: 'machine',
          emulatedOnly: true,
          subtests: ['per-filter (last 2 diff) ≈ per-filter (filters / 4)', '1 bitmapped ≈ 2 bitmapped'],
        },
      ],
    },
    'splice/default_file_splice_read.sh': { needs: {} },
    'safesetid/safesetid-test.sh': { leftOut: 'its exit status is always 0' },
    'sched/cs_prctl_test': { needs: { config: ['SCHED_CORE'] } },
    'tty/tty_tstamp_update': { skips: [{ reason: 'its standard input is no terminal' }] },
    'uevent/uevent_filtering': {
      known: [
        {
          reason: 'it sends ten uevents to a socket with 4 KiB for them, which overflows before the listener reads',
          cause: 'test',
          subtests: ['global.uevent_filtering'],
        },
      ],
    },
    'rseq/*': { limitMs: 600_000 },
    'rseq/run_param_test.sh': { slow: 'it starts four programs some 800 times: more than 10 minutes' },
    'zram/zram.sh': { slow: 'it fills compressed disks with file systems: six minutes' },
  },
});
