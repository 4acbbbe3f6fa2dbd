import { AT, notify, scenario, syscall } from 'kconform';

const { FAN } = notify;
/** linux/fanotify.h */
const REPORT_TARGET_FID = 0x1000;

export default scenario(async ({ guest }) => {
  await guest.$`touch /tmp/readable /tmp/secret && chmod 600 /tmp/secret`;
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const flags = FAN.REPORT_FID | FAN.REPORT_DIR_FID | FAN.REPORT_NAME | REPORT_TARGET_FID;
  const group = await user.syscall('fanotify_init', flags, 0);
  const mark = (path: string, mask: number) =>
    syscall('fanotify_mark', group.value, FAN.MARK_ADD, mask, AT.FDCWD, path);
  const calls = await user.errnos({
    readable: mark('/tmp/readable', FAN.MODIFY),
    secret: mark('/tmp/secret', FAN.MODIFY),
    createInReadable: mark('/tmp/readable', FAN.CREATE),
    createInSecret: mark('/tmp/secret', FAN.CREATE),
  });
  return { group: group.errno, ...calls };
});
