import { suite } from 'kconform';

/** What the test asks the kernel for, finds missing, and skips. */
const newer = (what: string) => ({ skips: [{ reason: `6.12 has no ${what}` }] });
const device = { skips: [{ reason: 'it needs a block device that it may overwrite, as an argument' }] };
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
    'reg-fd-only': hugePages,
    multicqes_drain: { limitMs: 300_000 },
    'send-zerocopy': { limitMs: 600_000 },
    iowait: newer('IORING_ENTER_NO_IOWAIT'),
    'large-resize': newer('IORING_REGISTER_RESIZE_RINGS'),
    mock_file: newer('mock files (CONFIG_IO_URING_MOCK_FILE)'),
    nop32: newer('rings with completions of two sizes'),
    'nop32-overflow': newer('rings with completions of two sizes'),
    pipe: newer('IORING_OP_PIPE'),
    'pipe-direct-fixed': newer('IORING_OP_PIPE'),
    'ring-query': newer('IORING_REGISTER_QUERY'),
    'sqe-mixed-bad-wrap': newer('rings with submissions of two sizes'),
    'sqe-mixed-boundary': newer('rings with submissions of two sizes'),
    'sqe-mixed-nop': newer('rings with submissions of two sizes'),
    'sqe-mixed-uring_cmd': newer('rings with submissions of two sizes'),
    'timens-abs-timer': {
      known: [
        {
          reason:
            'an absolute timeout of io_uring ignores the time namespace: it fires at once (io_uring/ never calls timens_ktime_to_host)',
          cause: 'kernel',
        },
      ],
    },
    zcrx: newer('zero-copy receive'),
  },
});
