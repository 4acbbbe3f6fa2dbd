import { GuestBuffer, scenario, sockets, syscall } from 'kconform';

/** asm-generic/sockios.h */
const SIOCATMARK = 0x8905;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const { AF, SOCK } = sockets;
  const stream = await root.syscall('socket', AF.UNIX, SOCK.STREAM, 0);
  const datagram = await root.syscall('socket', AF.UNIX, SOCK.DGRAM, 0);
  const packets = await root.syscall('socket', AF.UNIX, SOCK.SEQPACKET, 0);
  const mark = new GuestBuffer(Buffer.alloc(4), true);
  return root.errnos({
    stream: syscall('ioctl', stream.value, SIOCATMARK, mark),
    datagram: syscall('ioctl', datagram.value, SIOCATMARK, mark),
    packets: syscall('ioctl', packets.value, SIOCATMARK, mark),
  });
});
