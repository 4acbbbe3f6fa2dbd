import { pidfd, scenario, syscall } from 'kconform';

/** No process has it: the largest pid is 4194304 (proc(5), pid_max). */
const NOBODY = 0x3fffffff;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const namespace = (await root.open('/proc/self/ns/pid')).fd;
  const { calls } = await root.batch([
    syscall('ioctl', namespace, pidfd.NS.GET_PID_FROM_PIDNS, root.pid),
    syscall('ioctl', namespace, pidfd.NS.GET_PID_FROM_PIDNS, NOBODY),
    syscall('ioctl', namespace, pidfd.NS.GET_TGID_IN_PIDNS, NOBODY),
  ]);
  const [own, nobody, nobodyThere] = calls.map(({ last }) => last);
  return { own: own?.value === root.pid, nobody: nobody?.errno, nobodyThere: nobodyThere?.errno };
});
