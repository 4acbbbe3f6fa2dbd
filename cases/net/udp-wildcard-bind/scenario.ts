import { scenario, sockets, syscall } from 'kconform';

const PORT = 4242;
/** With more than ten sockets at a port the kernel looks for conflicts by address and port. */
const ADDRESSES = 12;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const bind = async (address: string) => {
    const socket = await root.syscall('socket', sockets.AF.INET, sockets.SOCK.DGRAM, 0);
    const target = sockets.inet(address, PORT);
    return (await root.errnos({ bind: syscall('bind', socket.value, target, target.bytes.length) })).bind;
  };
  const specific = new Set<string | null>();
  for (let host = 1; host <= ADDRESSES; host++) specific.add(await bind(`127.0.0.${host}`));
  return { specific: [...specific], again: await bind('127.0.0.1'), wildcard: await bind('0.0.0.0') };
});
