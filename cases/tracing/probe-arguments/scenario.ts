import { O, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const probes = (await root.open('/sys/kernel/tracing/kprobe_events', O.WRONLY | O.APPEND)).fd;
  const define = async (name: string, argument: string) =>
    (await root.write(probes, `p:kconform/${name} vfs_read value=${argument}\n`)).errno;
  return {
    closed: await define('closed', '\\"text"'),
    notClosed: await define('open', '\\"'),
    first: await define('first', '$arg1'),
    beforeFirst: await define('zero', '$arg0'),
  };
});
