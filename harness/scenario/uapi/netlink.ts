/** Netlink messages (netlink(7)), as cases import them under the name `netlink`. */
import { Struct } from './struct.ts';

/** The header of a message (linux/netlink.h). */
export const NLMSGHDR = new Struct('struct nlmsghdr', 'linux/netlink.h', 16, {
  nlmsg_len: ['u32', 0],
  nlmsg_type: ['u16', 4],
  nlmsg_flags: ['u16', 6],
  nlmsg_seq: ['u32', 8],
  nlmsg_pid: ['u32', 12],
});

/** The header of a generic netlink message (linux/genetlink.h). */
export const GENLMSGHDR = new Struct('struct genlmsghdr', 'linux/genetlink.h', 4, {
  cmd: ['u8', 0],
  version: ['u8', 1],
});

/** Flags of a message (linux/netlink.h), without NLM_F_. */
export const NLM_F = { REQUEST: 1, MULTI: 2, ACK: 4, ECHO: 8, ROOT: 0x100, MATCH: 0x200, DUMP: 0x300 } as const;

/** Types of messages that are no request (linux/netlink.h), without NLMSG_. */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3 } as const;

/** An attribute: its type and its payload. Numbers are u32, text ends with a NUL, a list is nested. */
export type Attribute = readonly [type: number, payload: number | string | Uint8Array | readonly Attribute[]];

const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;

function payloadOf(payload: Attribute[1]): Buffer {
  if (typeof payload === 'string') return Buffer.from(`${payload}\0`);
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  if (typeof payload !== 'number') return attributes(payload);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(payload >>> 0);
  return bytes;
}

/** Attributes one after another, each aligned to 4 bytes (struct nlattr, linux/netlink.h). */
export function attributes(list: readonly Attribute[]): Buffer {
  return Buffer.concat(
    list.map(([type, payload]) => {
      const bytes = payloadOf(payload);
      const whole = Buffer.alloc((4 + bytes.length + 3) & ~3);
      whole.writeUInt16LE(4 + bytes.length, 0);
      whole.writeUInt16LE(Array.isArray(payload) ? type | NLA_F_NESTED : type, 2);
      bytes.copy(whole, 4);
      return whole;
    }),
  );
}

/** A message: its type, flags of NLM_F, and what follows its header. */
export function message(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = NLMSGHDR.make({
    nlmsg_len: NLMSGHDR.size + body.length,
    nlmsg_type: type,
    nlmsg_flags: flags,
    nlmsg_seq: 1,
  });
  return Buffer.concat([header.bytes, body]);
}

/** A message of generic netlink: a command of a family. */
export function genericMessage(family: number, flags: number, command: number, list: readonly Attribute[]): Buffer {
  return message(family, flags, GENLMSGHDR.make({ cmd: command, version: 1 }).bytes, attributes(list));
}

/** One message of what a netlink socket received. */
export interface Received {
  /** See NLMSG, or a type of the family. */
  readonly type: number;
  /** Bits of NLM_F. */
  readonly flags: number;
  /** What follows the header. */
  readonly body: Buffer;
}

/** The messages in what a netlink socket received. */
export function messages(bytes: Buffer): Received[] {
  const all: Received[] = [];
  for (let at = 0; at + NLMSGHDR.size <= bytes.length; ) {
    const { nlmsg_len, nlmsg_type, nlmsg_flags } = NLMSGHDR.read(bytes, at);
    if (nlmsg_len < NLMSGHDR.size) break;
    all.push({
      type: nlmsg_type,
      flags: nlmsg_flags,
      body: bytes.subarray(at + NLMSGHDR.size, at + nlmsg_len),
    });
    at += (nlmsg_len + 3) & ~3;
  }
  return all;
}

/** The attributes in the bytes: type → payload. Of equal types the last counts. */
export function readAttributes(bytes: Buffer): Map<number, Buffer> {
  const all = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    all.set(bytes.readUInt16LE(at + 2) & NLA_TYPE_MASK, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return all;
}
