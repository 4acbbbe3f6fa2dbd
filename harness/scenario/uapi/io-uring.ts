/** io_uring(7), as cases import it under the name `ioUring`: structures, numbers, and a ring with its memory. */
import { Struct } from './struct.ts';

export { type Cqe, Ring, type RingOptions, type SubmitOptions, type Submitted } from './io-ring.ts';

/** A request (linux/io_uring.h); fields that share their place have one of their names. */
export const SQE = new Struct('struct io_uring_sqe', 'linux/io_uring.h', 64, {
  opcode: ['u8', 0],
  flags: ['u8', 1],
  ioprio: ['u16', 2],
  fd: ['s32', 4],
  off: ['u64', 8],
  addr: ['u64', 16],
  level: ['u32', 16],
  optname: ['u32', 20],
  len: ['u32', 24],
  rw_flags: ['u32', 28],
  fsync_flags: ['u32', 28],
  poll32_events: ['u32', 28],
  msg_flags: ['u32', 28],
  timeout_flags: ['u32', 28],
  accept_flags: ['u32', 28],
  cancel_flags: ['u32', 28],
  open_flags: ['u32', 28],
  user_data: ['u64', 32],
  buf_index: ['u16', 40],
  buf_group: ['u16', 40],
  personality: ['u16', 42],
  file_index: ['u32', 44],
  optlen: ['u32', 44],
  addr3: ['u64', 48],
  optval: ['u64', 48],
});

/** Operations of a request (linux/io_uring.h), without IORING_OP_. */
export const OP = {
  NOP: 0,
  READV: 1,
  WRITEV: 2,
  FSYNC: 3,
  POLL_ADD: 6,
  POLL_REMOVE: 7,
  SYNC_FILE_RANGE: 8,
  SENDMSG: 9,
  RECVMSG: 10,
  TIMEOUT: 11,
  TIMEOUT_REMOVE: 12,
  ACCEPT: 13,
  ASYNC_CANCEL: 14,
  LINK_TIMEOUT: 15,
  CONNECT: 16,
  FALLOCATE: 17,
  OPENAT: 18,
  CLOSE: 19,
  READ: 22,
  WRITE: 23,
  SEND: 26,
  RECV: 27,
  OPENAT2: 28,
  SOCKET: 45,
  URING_CMD: 46,
  WAITID: 50,
} as const;

/** Flags of a request (linux/io_uring.h), without IOSQE_. */
export const IOSQE = {
  FIXED_FILE: 1,
  IO_DRAIN: 2,
  IO_LINK: 4,
  IO_HARDLINK: 8,
  ASYNC: 16,
  BUFFER_SELECT: 32,
  CQE_SKIP_SUCCESS: 64,
} as const;

/** `timeout_flags` of a request (linux/io_uring.h), without IORING_TIMEOUT_. */
export const TIMEOUT = { ABS: 1, UPDATE: 2, BOOTTIME: 4, REALTIME: 8, ETIME_SUCCESS: 32, MULTISHOT: 64 } as const;

/** `cancel_flags` of a request (linux/io_uring.h), without IORING_ASYNC_CANCEL_. */
export const CANCEL = { ALL: 1, FD: 2, ANY: 4, FD_FIXED: 8, USERDATA: 16, OP: 32 } as const;

/** `len` of POLL_ADD (linux/io_uring.h), without IORING_POLL_. */
export const POLL = { ADD_MULTI: 1, UPDATE_EVENTS: 2, UPDATE_USER_DATA: 4, ADD_LEVEL: 8 } as const;

/** What io_uring_register(2) does (linux/io_uring.h), without IORING_REGISTER_. */
export const REGISTER = {
  BUFFERS: 0,
  FILES: 2,
  EVENTFD: 4,
  PROBE: 8,
  FILES2: 13,
  FILE_ALLOC_RANGE: 25,
  PBUF_RING: 22,
  NAPI: 27,
} as const;

/** Flags of io_uring_setup(2) (linux/io_uring.h), without IORING_SETUP_. */
export const SETUP = {
  IOPOLL: 0x1,
  SQPOLL: 0x2,
  CQSIZE: 0x8,
  CLAMP: 0x10,
  R_DISABLED: 0x40,
  SUBMIT_ALL: 0x80,
  COOP_TASKRUN: 0x100,
  SINGLE_ISSUER: 0x1000,
  DEFER_TASKRUN: 0x2000,
  NO_SQARRAY: 0x10000,
} as const;
