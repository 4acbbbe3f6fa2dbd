import { cString, GuestBuffer } from '../agent/program.ts';
import { type Descriptor, descriptorNumber } from '../fd.ts';

/** For BPF_LINK_CREATE: `u32 prog_fd`, `u32 target_fd`, `u32 attach_type`, `u32 flags`. */
export function linkCreate(program: Descriptor, target: Descriptor, attachType: number): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(descriptorNumber(program), 0);
  bytes.writeInt32LE(descriptorNumber(target), 4);
  bytes.writeUInt32LE(attachType, 8);
  return new GuestBuffer(bytes);
}

/** For BPF_PROG_ATTACH: `u32 target_fd`, `u32 attach_bpf_fd`, `u32 attach_type`, `u32 attach_flags`. */
export function progAttach(program: Descriptor, target: Descriptor, attachType: number): GuestBuffer {
  return linkCreate(target, program, attachType);
}

/** For BPF_RAW_TRACEPOINT_OPEN: `u64 name`, `u32 prog_fd`; programs that have their target in BTF need no name. */
export function rawTracepointOpen(program: Descriptor, name?: string): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(descriptorNumber(program), 8);
  const attribute = new GuestBuffer(bytes);
  if (name !== undefined) attribute.pointers.set(0, cString(name));
  return attribute;
}

/**
 * For BPF_PROG_TEST_RUN: `u32 prog_fd`, `u32 retval`, `u32 data_size_in`, `u32 data_size_out`, `u64 data_in`, …; what the program
 * returned stands at offset 4 of what comes back.
 */
export function progTestRun(program: Descriptor, data?: Buffer): GuestBuffer {
  const bytes = Buffer.alloc(80);
  bytes.writeInt32LE(descriptorNumber(program), 0);
  const attribute = new GuestBuffer(bytes, true);
  if (data !== undefined) {
    bytes.writeUInt32LE(data.length, 8);
    attribute.pointers.set(16, new GuestBuffer(data));
  }
  return attribute;
}
