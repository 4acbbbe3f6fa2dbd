import { GuestBuffer, scenario, seccomp, sockets, syscall } from 'kconform';

/** asm-generic/socket.h */
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

export default scenario(async ({ guest }) => {
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const all = Buffer.alloc(8);
  all.writeUInt16LE(0x06, 0); // BPF_RET: accept the whole packet
  all.writeUInt32LE(0xffff, 4);
  const program = seccomp.FPROG.make({ len: 1, filter: new GuestBuffer(all) });
  const stream = await user.syscall('socket', sockets.AF.INET, sockets.SOCK.STREAM, 0);
  const datagram = await user.syscall('socket', sockets.AF.INET, sockets.SOCK.DGRAM, 0);
  const attach = (socket: number) =>
    syscall('setsockopt', socket, SOL_SOCKET, SO_ATTACH_FILTER, program, program.bytes.length);
  return await user.errnos({ tcp: attach(stream.value), udp: attach(datagram.value) });
});
