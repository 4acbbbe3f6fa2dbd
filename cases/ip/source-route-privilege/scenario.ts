import { GuestBuffer, scenario, sockets, syscall } from 'kconform';

/** linux/in.h */
const IPPROTO_IP = 0;
const IP_OPTIONS = 4;
/** Options with their length, pointer and one address, padded to 8 bytes (RFC 791). */
const route = (option: number) => new GuestBuffer(Buffer.from([option, 7, 4, 127, 0, 0, 1, 0]));
const LOOSE = route(131);
const STRICT = route(137);
const RECORD = route(7);

export default scenario(async ({ guest }) => {
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const socket = await user.syscall('socket', sockets.AF.INET, sockets.SOCK.DGRAM, 0);
  const set = (option: GuestBuffer) => syscall('setsockopt', socket.value, IPPROTO_IP, IP_OPTIONS, option, 8);
  return await user.errnos({ loose: set(LOOSE), strict: set(STRICT), record: set(RECORD) });
});
