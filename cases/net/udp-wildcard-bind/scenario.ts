import { scenario, sockets, syscall } from 'kconform';

/**
 * Each with addresses of its own. A kernel with the bug finds the conflict if one of a port's sockets is by chance in the hash slot of the
 * wildcard address: 12 of at least 256 slots, by a secret of each boot. At four ports that happens once in 200,000 boots.
 */
const PORTS = [4242, 4243, 4244, 4245];
/** With more than ten sockets at a port the kernel looks for conflicts by address and port. */
const ADDRESSES = 12;
const IN_USE = 'EADDRINUSE';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const bind = async (address: string, port: number) => {
    const socket = await root.syscall('socket', sockets.AF.INET, sockets.SOCK.DGRAM, 0);
    const target = sockets.inet(address, port);
    return (await root.errnos({ bind: syscall('bind', socket.value, target, target.bytes.length) })).bind;
  };
  const specific = new Set<string | null>();
  const again = new Set<string | null>();
  const wildcards: (string | null)[] = [];
  for (const [net, port] of PORTS.entries()) {
    for (let host = 1; host <= ADDRESSES; host++) specific.add(await bind(`127.0.${net}.${host}`, port));
    again.add(await bind(`127.0.${net}.1`, port));
    wildcards.push(await bind('0.0.0.0', port));
  }
  const wildcard = wildcards.find((errno) => errno !== IN_USE);
  return { specific: [...specific], again: [...again], wildcard: wildcard === undefined ? IN_USE : wildcard };
});
