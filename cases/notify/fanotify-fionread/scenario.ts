import { AT, GuestBuffer, notify, scenario, syscall } from 'kconform';

/** asm-generic/ioctls.h */
const FIONREAD = 0x541b;
const { FAN } = notify;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/watched`;
  const group = await root.syscall('fanotify_init', FAN.REPORT_DIR_FID | FAN.REPORT_NAME | FAN.NONBLOCK, 0);
  const marked = await root.syscall(
    'fanotify_mark',
    group.value,
    FAN.MARK_ADD,
    FAN.CREATE | FAN.EVENT_ON_CHILD,
    AT.FDCWD,
    '/tmp/watched',
  );
  await guest.$`touch /tmp/watched/file`;
  const size = new GuestBuffer(Buffer.alloc(4), true);
  const { calls, contents } = await root.batch([syscall('ioctl', group.value, FIONREAD, size)]);
  const { value } = await root.read(group.value);
  const announced = (contents.get(size) ?? size.bytes).readInt32LE(0);
  return {
    marked: marked.errno,
    asked: calls[0]?.last.errno,
    some: value > notify.FANOTIFY_EVENT.size,
    announcedAll: announced === value,
  };
});
