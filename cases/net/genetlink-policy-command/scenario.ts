import { GuestBuffer, netlink, scenario, sockets, syscall } from 'kconform';

/** linux/genetlink.h */
const GENL_ID_CTRL = 0x10;
const CTRL_CMD_GETPOLICY = 10;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_OP_POLICY = 9;
const NETLINK_GENERIC = 16;
const GENERIC_HEADER = 4;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const socket = await root.syscall('socket', sockets.AF.NETLINK, sockets.SOCK.RAW, NETLINK_GENERIC);
  const family = Buffer.alloc(2);
  family.writeUInt16LE(GENL_ID_CTRL);
  const { REQUEST, DUMP } = netlink.NLM_F;
  const request = netlink.genericMessage(GENL_ID_CTRL, REQUEST | DUMP, CTRL_CMD_GETPOLICY, [
    [CTRL_ATTR_FAMILY_ID, family],
  ]);
  const sent = await root.errnos({
    send: syscall('sendto', socket.value, new GuestBuffer(request), request.length, 0, null, 0),
  });
  const { bytes } = await root.read(socket.value);
  const commands = netlink.messages(bytes).flatMap(({ body }) => {
    const policy = netlink.readAttributes(body.subarray(GENERIC_HEADER)).get(CTRL_ATTR_OP_POLICY);
    return policy === undefined ? [] : [...netlink.readAttributes(policy).keys()];
  });
  return { ...sent, commands };
});
