import { GuestBuffer, landlock, PR, scenario, sockets, syscall } from 'kconform';

/** The family alone, as connect(2) takes it to dissolve an association. */
const UNSPEC = new GuestBuffer(Buffer.from([sockets.AF.UNSPEC, 0]));

export default scenario(async ({ guest }) => {
  await using process = await guest.spawn();
  const socket = await process.syscall('socket', sockets.AF.INET, sockets.SOCK.STREAM, 0);
  const disconnect = syscall('connect', socket.value, UNSPEC, UNSPEC.bytes.length);
  const before = await process.errnos({ disconnect });
  const { calls } = await process.batch([landlock.createRuleset({ net: landlock.ACCESS.NET_CONNECT_TCP })]);
  const ruleset = calls[0]?.last.value ?? -1;
  const restricted = await process.errnos({
    noNewPrivileges: syscall('prctl', PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    restrict: landlock.restrictSelf(ruleset),
  });
  return { before, restricted, inDomain: await process.errnos({ disconnect }) };
});
