import { type Guest, GuestBuffer, scenario, sockets, syscall } from 'kconform';

const IPPROTO_ICMP = 1;
/** ICMP_ECHO, with code, checksum, identifier and sequence number, which the kernel fills in. */
const ECHO = Buffer.from([8, 0, 0, 0, 0, 0, 0, 1]);

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.writeFile('/proc/sys/net/ipv4/ping_group_range', '0 0');
  const socket = await root.syscall('socket', sockets.AF.INET, sockets.SOCK.DGRAM, IPPROTO_ICMP);
  const address = sockets.inet('127.0.0.1', 0);
  const before = await counters(guest);
  const answer = new GuestBuffer(Buffer.alloc(64), true);
  const calls = await root.errnos({
    send: syscall('sendto', socket.value, new GuestBuffer(ECHO), ECHO.length, 0, address, address.bytes.length),
    receive: syscall('recvfrom', socket.value, answer, 64, 0, null, null),
  });
  const after = await counters(guest);
  const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  return { calls, out: grown('OutMsgs'), requests: grown('OutEchos'), answers: grown('OutEchoReps') };
});

/** The counters of ICMP in /proc/net/snmp: a line of names, and a line of values. */
async function counters(guest: Guest): Promise<Map<string, number>> {
  const [names = [], values = []] = (await guest.readFile('/proc/net/snmp'))
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.split(' '));
  return new Map(names.map((name, index) => [name, Number(values[index])]));
}
