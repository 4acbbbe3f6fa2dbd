/** seccomp(2) with classic BPF filters and notifications, as cases import it under the name `seccomp`. */
import { type Call, GuestBuffer } from '../agent/batch.ts';
import { ioctlNumber, Struct } from './struct.ts';

/** What the supervisor receives (linux/seccomp.h). */
export const NOTIF = new Struct('struct seccomp_notif', 'linux/seccomp.h', 80, {
  id: ['u64', 0],
  pid: ['u32', 8],
  flags: ['u32', 12],
  'data.nr': ['s32', 16],
  'data.arch': ['u32', 20],
  'data.instruction_pointer': ['u64', 24],
});

/** What the supervisor answers (linux/seccomp.h). */
export const NOTIF_RESP = new Struct('struct seccomp_notif_resp', 'linux/seccomp.h', 24, {
  id: ['u64', 0],
  val: ['s64', 8],
  error: ['s32', 16],
  flags: ['u32', 20],
});

/** Operations (linux/seccomp.h), without SECCOMP_. */
export const OPERATION = { SET_MODE_STRICT: 0, SET_MODE_FILTER: 1, GET_ACTION_AVAIL: 2, GET_NOTIF_SIZES: 3 } as const;

/** Flags of SET_MODE_FILTER (linux/seccomp.h), without SECCOMP_FILTER_FLAG_. */
export const FILTER_FLAG = { TSYNC: 1, LOG: 2, SPEC_ALLOW: 4, NEW_LISTENER: 8, WAIT_KILLABLE_RECV: 0x20 } as const;

/** What a filter returns (linux/seccomp.h), without SECCOMP_RET_. */
export const RET = {
  KILL_PROCESS: 0x80000000,
  TRAP: 0x30000,
  ERRNO: 0x50000,
  USER_NOTIF: 0x7fc00000,
  ALLOW: 0x7fff0000,
} as const;

/** The ioctls of a listener (linux/seccomp.h), without SECCOMP_IOCTL_NOTIF_. */
export const IOCTL = {
  RECV: ioctlNumber('both', '!', 0, NOTIF.size),
  SEND: ioctlNumber('both', '!', 1, NOTIF_RESP.size),
} as const;

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;

/** SECCOMP_SET_MODE_FILTER: one result of RET for one system call, by its number, and RET.ALLOW for the others. */
export function filterOne(number: number, result: number, flags = 0): Call {
  const instructions = [
    [LOAD_WORD, 0, 0, 0],
    [JUMP_IF_EQUAL, 0, 1, number],
    [RETURN, 0, 0, result],
    [RETURN, 0, 0, RET.ALLOW],
  ] as const;
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, jt, jf, k]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  }
  const program = FPROG.make({ len: instructions.length, filter: new GuestBuffer(bytes) });
  return { name: 'seccomp', args: [OPERATION.SET_MODE_FILTER, flags, program] };
}

/** A program of classic BPF (linux/filter.h). */
export const FPROG = new Struct('struct sock_fprog', 'linux/filter.h', 16, { len: ['u16', 0], filter: ['u64', 8] });
