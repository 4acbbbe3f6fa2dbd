import { suite } from 'kconform';

/** What the test asks the kernel for, finds missing, and skips. */
const newer = (what: string) => ({ skips: [{ reason: `6.12 has no ${what}` }] });
const device = { skips: [{ reason: 'it needs a block device that it may overwrite, as an argument' }] };
/** It measures time. Failures of runs on 6.12.118 under emulation, with other work on the host. */
const flaky = (failed: number, reason: string, runs = 7) => ({
  flaky: [{ reason, failed, runs, emulatedOnly: true as const }],
});
/** The folder of the programs is on a tmpfs, which knows neither O_DIRECT with polling nor RWF_NOWAIT for buffered reads. */
const onDisk = {
  machine: { disks: ['256M ext4'] },
  prepare: 'mkdir -p /tmp/disk && mount -t ext4 /dev/vda /tmp/disk',
  workdir: '/tmp/disk',
};

const hugePages = { machine: { kernelParameters: ['hugepages=64'] } };

export default suite({
  kind: 'liburing',
  about: 'io_uring, as the tests of liburing see it',
  machine: { cpus: 2, memory: '1G', packages: ['libc6'] },
  tests: {
    '500f9fbadef8': onDisk,
    cbpf_filter: newer('BPF filters of io_uring'),
    'cmd-discard': device,
    'cq-peek-batch-mixed': newer('rings with completions of two sizes'),
    eeed8b54e0df: onDisk,
    epwait: newer('IORING_OP_EPOLL_WAIT'),
    'io-wq-unused-exit': {
      known: [
        {
          reason:
            'a worker of io-wq that nothing uses any more lives on for 5 s (WORKER_IDLE_TIMEOUT of io_uring/io-wq.c)',
          cause: 'kernel',
        },
      ],
    },
    fc2a85cb02ef: { skips: [{ reason: 'it needs fault injection: failslab, fail_futex and fail_page_alloc' }] },
    'fixed-hugepage': hugePages,
    iopoll: { leftOut: 'disks of guests do not support polled I/O; the exit status is 0 then' },
    io_uring_passthrough: { skips: [{ reason: 'it needs an NVMe device, as an argument' }] },
    'iopoll-sync': newer('commands for sockets on a ring with IORING_SETUP_IOPOLL'),
    'napi-test': { leftOut: 'napi-test.sh, which it starts, ends with status 0 whatever its programs find' },
    'read-mshot-stdin': { leftOut: 'it reads what somebody types' },
    'recv-mshot-fair': newer('limit for the bytes of one multishot receive'),
    'reg-fd-only': hugePages,
    'resize-rings': newer('IORING_REGISTER_RESIZE_RINGS'),
    'ring-leak': { skips: [{ reason: 'since 6.7 a ring cannot be sent over a socket' }] },
    'sendzc-bug': newer('zero-copy sendmsg from registered buffers'),
    'task-restrict': newer('restrictions of a task'),
    timestamp: newer('SOCKET_URING_OP_TX_TIMESTAMP'),
    'timestamp-bug': newer('SOCKET_URING_OP_TX_TIMESTAMP'),
    uring_cmd_ublk: {
      machine: { modules: ['ublk_drv'] },
      skips: [{ reason: 'it is compiled empty with headers of before 6.4, such as those of Debian 12' }],
    },
    'vec-regbuf': newer('vectored requests with registered buffers'),
    multicqes_drain: { limitMs: 300_000 },
    'send-zerocopy': { limitMs: 600_000 },
    iowait: newer('IORING_ENTER_NO_IOWAIT'),
    'large-resize': newer('IORING_REGISTER_RESIZE_RINGS'),
    'min-timeout': flaky(1, 'it expects six completions within 250 ms; an emulated guest had five after 354 ms', 8),
    'min-timeout-wait': flaky(
      7,
      'it allows 5 ms for a wait that has nothing to wait for; emulated guests took 13 to 47 ms',
    ),
    'mshot-shutdown-race': flaky(
      3,
      'where it runs for more than 10 s, it may call itself stuck: it compares the bytes of the round under way, 0, 123 or 246, each 5 s',
    ),
    mock_file: newer('mock files (CONFIG_IO_URING_MOCK_FILE)'),
    nop32: newer('rings with completions of two sizes'),
    'nop32-overflow': newer('rings with completions of two sizes'),
    pipe: newer('IORING_OP_PIPE'),
    'pipe-direct-fixed': newer('IORING_OP_PIPE'),
    'poll-cancel-all': flaky(
      1,
      'it expects that workers of io-wq start within 10 ms: requests that are still queued there are cancelled, and counted as one',
    ),
    'ring-query': newer('IORING_REGISTER_QUERY'),
    'sqpoll-sleep': flaky(
      5,
      'it allows 90 to 110 ms until the thread sleeps; in emulated guests it measured 69 to 132 ms',
    ),
    // It looks for the kernel's thread with ps --ppid, which busybox does not have, and passes if ps fails.
    'sq-poll-kthread': { machine: { packages: ['procps'] } },
    'sqe-mixed-bad-wrap': newer('rings with submissions of two sizes'),
    'sqe-mixed-boundary': newer('rings with submissions of two sizes'),
    'sqe-mixed-nop': newer('rings with submissions of two sizes'),
    'sqe-mixed-uring_cmd': newer('rings with submissions of two sizes'),
    'timens-abs-timer': {
      // It sets the clock back by 10 s, which a guest that is not as old refuses (ERANGE).
      prepare: 'while [ "$(cut -d. -f1 /proc/uptime)" -lt 11 ]; do sleep 1; done',
      known: [
        {
          reason:
            'an absolute timeout of io_uring ignores the time namespace: it fires at once (io_uring/ never calls timens_ktime_to_host)',
          cause: 'kernel',
        },
      ],
    },
    waitid: {
      known: [
        {
          reason:
            'it expects that a linked timeout ends with 1; since "io_uring/timeout: don\'t end a linked timeout with 1" it ends with ETIME',
          cause: 'test',
          introducedIn: ['6.12.115'],
        },
      ],
    },
    zcrx: newer('zero-copy receive'),
  },
});
