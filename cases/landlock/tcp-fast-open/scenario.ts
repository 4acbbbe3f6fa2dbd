import { GuestBuffer, landlock, PR, scenario, sockets, syscall } from 'kconform';

/** linux/socket.h */
const MSG_FASTOPEN = 0x20000000;
const PORT = 4242;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const { AF, SOCK } = sockets;
  const address = sockets.inet('127.0.0.1', PORT);
  const listener = await root.syscall('socket', AF.INET, SOCK.STREAM, 0);
  const listening = await root.errnos({
    bind: syscall('bind', listener.value, address, address.bytes.length),
    listen: syscall('listen', listener.value, 8),
  });
  await using process = await guest.spawn();
  const { calls } = await process.batch([
    syscall('socket', AF.INET, SOCK.STREAM, 0),
    syscall('socket', AF.INET, SOCK.STREAM, 0),
    landlock.createRuleset({ net: landlock.ACCESS.NET_CONNECT_TCP }),
  ]);
  const [first = -1, second = -1, ruleset = -1] = calls.map(({ last }) => last.value);
  const data = new GuestBuffer(Buffer.from('data'));
  const restricted = await process.errnos({
    noNewPrivileges: syscall('prctl', PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    restrict: landlock.restrictSelf(ruleset),
  });
  const inDomain = await process.errnos({
    connect: syscall('connect', first, address, address.bytes.length),
    fastOpen: syscall('sendto', second, data, 4, MSG_FASTOPEN, address, address.bytes.length),
  });
  return { listening, restricted, inDomain };
});
