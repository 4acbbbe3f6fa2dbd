import { notify, scenario, syscall } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/from /tmp/to && touch /tmp/from/file`;
  const inotify = await root.syscall('inotify_init1', notify.IN.NONBLOCK);
  await root.syscall('inotify_add_watch', inotify.value, '/tmp/from', notify.IN.MOVED_FROM);
  const renames = await root.errnos({
    away: syscall('rename', '/tmp/from/file', '/tmp/to/file'),
    back: syscall('rename', '/tmp/to/file', '/tmp/from/file'),
    awayAgain: syscall('rename', '/tmp/from/file', '/tmp/to/file'),
  });
  const { bytes } = await root.read(inotify.value);
  return { renames, events: notify.inotifyEvents(bytes).map(({ mask, name }) => ({ mask, name })) };
});
