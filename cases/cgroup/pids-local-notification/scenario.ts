import { MS, notify, scenario } from 'kconform';

const GROUP = '/sys/fs/cgroup/few';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const remounted = await root.mount('none', '/sys/fs/cgroup', 'none', MS.REMOUNT, 'pids_localevents');
  await guest.$`mkdir ${GROUP}`;
  await guest.writeFile(`${GROUP}/pids.max`, '1');
  const inotify = await root.syscall('inotify_init1', notify.IN.NONBLOCK);
  await root.syscall('inotify_add_watch', inotify.value, `${GROUP}/pids.events`, notify.IN.MODIFY);
  await using member = await guest.spawn();
  await guest.writeFile(`${GROUP}/cgroup.procs`, String(member.pid));
  const forked = await member.syscall('fork');
  await guest.$`sleep 0.3`;
  const { bytes } = await root.read(inotify.value);
  return {
    remounted: remounted.errno,
    forked: forked.errno,
    events: await guest.readFile(`${GROUP}/pids.events`),
    notified: notify.inotifyEvents(bytes).length > 0,
  };
});
