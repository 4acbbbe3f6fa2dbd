import { type Guest, MS, notify, scenario } from 'kconform';

const GROUP = '/sys/fs/cgroup/few';

/** Whether an event comes within 5 s: a timer and a work queue send it. */
async function isNotified(guest: Guest, inotify: number) {
  for (let tries = 1; tries <= 10; tries++) {
    const { bytes } = await guest.root.read(inotify);
    if (notify.inotifyEvents(bytes).length > 0) return true;
    await guest.$`sleep 0.5`;
  }
  return false;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const remounted = await root.mount('none', '/sys/fs/cgroup', 'none', MS.REMOUNT, 'pids_localevents');
  await guest.$`mkdir ${GROUP}`;
  await guest.writeFile(`${GROUP}/pids.max`, '1');
  const inotify = await root.syscall('inotify_init1', notify.IN.NONBLOCK);
  const watched = await root.syscall('inotify_add_watch', inotify.value, `${GROUP}/pids.events`, notify.IN.MODIFY);
  await using member = await guest.spawn();
  await guest.writeFile(`${GROUP}/cgroup.procs`, String(member.pid));
  const forked = await member.syscall('fork');
  return {
    remounted: remounted.errno,
    watched: watched.errno,
    forked: forked.errno,
    events: await guest.readFile(`${GROUP}/pids.events`),
    notified: await isNotified(guest, inotify.value),
  };
});
