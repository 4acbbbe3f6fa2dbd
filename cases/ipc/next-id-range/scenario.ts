import { scenario } from 'kconform';

const IPC_PRIVATE = 0;
/** The last id of the default range (ipc/util.h, IPCMNI). */
const LAST = '32767';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.writeFile('/proc/sys/kernel/msg_next_id', LAST);
  const first = await root.syscall('msgget', IPC_PRIVATE, 0o600);
  await guest.writeFile('/proc/sys/kernel/msg_next_id', LAST);
  const second = await root.syscall('msgget', IPC_PRIVATE, 0o600);
  return { first, second };
});
