import { notify, O, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/watched && mkfifo /tmp/watched/fifo && touch /tmp/watched/file`;
  const inotify = await root.syscall('inotify_init1', notify.IN.NONBLOCK);
  await root.syscall('inotify_add_watch', inotify.value, '/tmp/watched', notify.IN.MODIFY | notify.IN.ACCESS);
  const written = [];
  for (const name of ['fifo', 'file']) {
    const file = (await root.open(`/tmp/watched/${name}`, O.RDWR)).fd;
    written.push((await root.write(file, 'text')).errno);
  }
  const { bytes } = await root.read(inotify.value);
  return { written, events: notify.inotifyEvents(bytes).map(({ mask, name }) => ({ mask, name })) };
});
