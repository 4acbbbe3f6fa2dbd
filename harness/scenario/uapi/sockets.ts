/** Addresses and options of sockets, as cases import them under the name `sockets`. */
import { GuestBuffer } from '../agent/batch.ts';
import { Struct } from './struct.ts';

/** Families of addresses (socket(2)), without AF_. */
export const AF = { UNSPEC: 0, UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, PACKET: 17, ALG: 38, VSOCK: 40 } as const;

/** Types of sockets and their flags (socket(2)), without SOCK_. */
export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, SEQPACKET: 5, NONBLOCK: 0o4000, CLOEXEC: 0o2000000 } as const;

/** linux/in.h; port and address are in the order of bytes of the network: see `inet`. */
export const SOCKADDR_IN = new Struct('struct sockaddr_in', 'linux/in.h', 16, {
  sin_family: ['u16', 0],
  sin_port: ['u16', 2],
  sin_addr: ['u32', 4],
});

/** linux/netlink.h. */
export const SOCKADDR_NL = new Struct('struct sockaddr_nl', 'linux/netlink.h', 12, {
  nl_family: ['u16', 0],
  nl_pid: ['u32', 4],
  nl_groups: ['u32', 8],
});

/** An IPv4 address: `inet('127.0.0.1', 80)`. */
export function inet(address: string, port: number): GuestBuffer {
  const buffer = SOCKADDR_IN.make({ sin_family: AF.INET });
  buffer.bytes.writeUInt16BE(port, 2);
  buffer.bytes.set(address.split('.').map(Number), 4);
  return buffer;
}

/** A UNIX address (unix(7)): a path, or an abstract name after a NUL. */
export function unix(path: string): GuestBuffer {
  const name = Buffer.from(path.startsWith('\0') ? path : `${path}\0`);
  return new GuestBuffer(Buffer.concat([Buffer.from([AF.UNIX, 0]), name]));
}
