import { suite } from 'kconform';
import { more, only, packages, targets } from './targets.ts';

/** The folder of the programs is on a tmpfs, whose pages count as shared memory and are never read ahead. */
const onDisk = {
  machine: { disks: ['256M ext4'] },
  prepare: 'mkdir -p /tmp/disk && mount -t ext4 /dev/vda /tmp/disk',
  workdir: '/tmp/disk',
};

const hugePages = { machine: { kernelParameters: ['hugepages=160'] } };
const oneHugePage = { machine: { kernelParameters: ['hugepages=1'] } };

/** A cgroup namespace is a border for the owners of files only if the mount says so. */
const nsdelegate = { prepare: 'mount -o remount,nsdelegate /sys/fs/cgroup' };

export default suite({
  kind: 'kselftest',
  about: "the kernel's own selftests",
  targets,
  more,
  only,
  machine: { cpus: 2, memory: '1G', packages },
  tests: {
    'breakpoints/step_after_suspend_test': {
      leftOut: 'it suspends the machine to memory, and guests have no clock that wakes them',
    },
    'cachestat/test_cachestat': onDisk,
    'cgroup/test_core': nsdelegate,
    'cgroup/test_stress.sh': nsdelegate,
    'cgroup/test_cpu': {
      skips: [{ reason: 'it needs four CPUs with nothing else to do', subtests: ['test 4', 'test 6'] }],
    },
    'cgroup/test_cpuset_v1_hp.sh': { skips: [{ reason: 'it needs CONFIG_CPUSETS_V1' }] },
    'cgroup/test_hugetlb_memcg': { skips: [{ reason: 'cgroups are mounted without memory_hugetlb_accounting' }] },
    'cgroup/test_zswap': { skips: [{ reason: 'it needs CONFIG_ZSWAP' }] },
    'cgroup/test_cpuset_prs.sh': { machine: { cpus: 8 }, args: ['-d', '20'], limitMs: 1_200_000 },
    'cgroup/test_memcontrol': {
      ...onDisk,
      splats: [
        { kind: 'OOM', title: 'Memory cgroup out of memory' },
        { kind: 'OOM', frame: 'mem_cgroup_out_of_memory' },
      ],
      skips: [{ reason: 'it needs swap space', subtests: ['test 10'] }],
    },
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
      known: [{ reason: 'it compares padding of struct flock that it never set', cause: 'test' }],
    },
    'filesystems/devpts_pts': {
      skips: [{ reason: 'its standard input is no terminal' }],
    },
    'filesystems/epoll/epoll_wakeup_test': { limitMs: 180_000 },
    'filesystems/fat/run_fat_tests.sh': {
      prepare: `printf '#!/bin/sh\\nexec "$@"\\n' >/usr/bin/sudo && chmod 755 /usr/bin/sudo`,
    },
    'fpu/run_test_fpu.sh': { skips: [{ reason: 'it needs CONFIG_TEST_FPU' }] },
    'filesystems/overlayfs/*': { machine: { modules: ['overlay'] } },
    'kcmp/kcmp_test': {
      known: [
        {
          reason: 'it counts three results and prints no line of results for them',
          cause: 'test',
          problems: ['the totals say pass:3, the lines pass:0', 'the plan says 3 subtests, 0 have a result (1, 2, 3)'],
        },
      ],
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
          subtests: [
            'mdwe.stock.arm64_BTI',
            'mdwe.enabled.arm64_BTI',
            'mdwe.inherited.arm64_BTI',
            'mdwe.not_inherited.arm64_BTI',
          ],
        },
      ],
    },
    'mm/on-fault-limit': { skips: [{ reason: 'root has no limit of locked memory, and tests run as root' }] },
    'mm/hugetlb-madvise': hugePages,
    'mm/hugetlb_fault_after_madv': oneHugePage,
    'mm/hugetlb_madv_vs_map': oneHugePage,
    'mm/map_hugetlb': hugePages,
    'mm/mremap_test': { machine: { memory: '4G' } },
    'mm/pagemap_ioctl': hugePages,
    'mm/thuge-gen': hugePages,
    'mount_setattr/mount_setattr_test': { machine: { modules: ['loop', 'ext4'] } },
    'net/*': { needs: {}, machine: { modules: ['veth', 'dummy', 'tun', 'tap', 'macvtap', 'unix_diag'] } },
    'net/icmp.sh': { machine: { packages: ['tcpdump'] } },
    'net/ip_local_port_range.sh': { machine: { modules: ['sctp'] } },
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
    // QEMU 7.2 reads the stack for a far return with the rights of the kernel, which SMAP forbids.
    'x86/sysret_ss_attrs_64': { machine: { kernelParameters: ['clearcpuid=smap'] } },
    'splice/default_file_splice_read.sh': { needs: {} },
    'sched/cs_prctl_test': { needs: { config: ['SCHED_CORE'] } },
    'timers/inconsistency-check': {
      skips: [{ reason: 'there is no clock with the number 10', subtests: ['test 11'] }],
    },
    'timers/nanosleep': {
      skips: [
        {
          reason: 'clock_nanosleep(2) does not have these clocks, or their time stands still in it',
          subtests: ['test 3', 'test 4', 'test 5', 'test 6', 'test 7', 'test 11'],
        },
      ],
    },
    'timers/nsleep-lat': {
      skips: [{ reason: 'clock_nanosleep(2) does not have these clocks', subtests: ['test 3', 'test 4', 'test 5'] }],
    },
    'timers/posix_timers': {
      known: [
        {
          reason: 'a signal of a timer that was set anew or deleted is still delivered',
          cause: 'kernel',
          fix: '513793bc6ab331b947111e8efaf8fcef33fb83e5',
          fixedIn: ['6.13'],
          subtests: ['check_rearm', 'check_delete'],
        },
        {
          reason: 'a periodic timer whose signal is ignored and then handled again misses expiries',
          cause: 'kernel',
          fix: 'df7a996b4dab03c889fa86d849447b716f07b069',
          fixedIn: ['6.13'],
          subtests: ['check_sig_ign SIGEV_SIGNAL'],
        },
      ],
    },
    'tty/tty_tstamp_update': { skips: [{ reason: 'its standard input is no terminal' }] },
    'x86/amx_64': { skips: [{ reason: 'an emulated CPU has no AMX' }] },
    'x86/lam_64': { skips: [{ reason: 'an emulated CPU has no linear address masking' }] },
    'x86/mov_ss_trap_64': {
      known: [
        {
          reason:
            'QEMU 7.2 traps right after MOV SS and not after the next instruction, so that a signal arrives while the stack pointer is wrong on purpose',
          cause: 'machine',
        },
      ],
    },
    'x86/test_shadow_stack_64': {
      known: [
        {
          reason: 'an emulated CPU has no shadow stacks; the test prints SKIP, and ends with status 1',
          cause: 'test',
        },
      ],
    },
    'x86/test_vsyscall_64': {
      skips: [
        {
          reason: 'CONFIG_LEGACY_VSYSCALL_NONE: there is no vsyscall page',
          subtests: ['test 3', 'test 5', 'test 7', 'test 9', 'test 13'],
        },
      ],
    },
    'rseq/*': { limitMs: 600_000 },
  },
});
