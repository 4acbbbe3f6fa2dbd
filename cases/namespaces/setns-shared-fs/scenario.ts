import { CLONE, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  await using other = await guest.spawn({ mountns: true });
  const target = await guest.root.syscall('pidfd_open', other.pid, 0);
  const enter = async (flags: number, namespaces: number) => {
    await using child = await guest.root.fork(flags);
    return (await child.syscall('setns', target.value, namespaces)).errno;
  };
  const both = CLONE.NEWNS | CLONE.NEWUTS;
  return {
    own: await enter(0, both),
    shared: await enter(CLONE.FS, CLONE.NEWNS),
    sharedWithAnother: await enter(CLONE.FS, both),
  };
});
