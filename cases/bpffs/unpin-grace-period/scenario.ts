import { setTimeout as sleep } from 'node:timers/promises';
import { GuestBuffer, O, scenario, syscall } from 'kconform';
import { newMap, pin } from '../objects.ts';

const TRACING = '/sys/kernel/tracing';
const LIMIT_MS = 10_000;

/** RCU's callbacks run in a softirq, which may interrupt any process; Documentation/trace/ftrace.rst has the flags. */
const inSoftirq = (flags = '') => 'sS'.includes(flags[2] ?? '.');

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && ln -s target /mnt/symlink`;
  const map = await newMap(root);
  await root.errnos({ pin: pin('/mnt/pin', map) });
  // A probe of a function that the kernel has not is refused; /proc/kallsyms takes seconds to read.
  const events = (await root.open(`${TRACING}/kprobe_events`, O.WRONLY | O.APPEND)).fd;
  const probe = (definition: string) =>
    syscall('write', events, new GuestBuffer(Buffer.from(definition)), definition.length);
  const functions = await root.errnos({
    bpf_destroy_inode: probe('p:destroy bpf_destroy_inode'),
    bpf_free_inode: probe('p:free bpf_free_inode mode=+0(%di):x16'),
    free_inode_nonrcu: probe('p:freed free_inode_nonrcu mode=+0(%di):x16'),
  });
  // Not the first one: a probe that is hit while another one is handled is missed (kprobe_running() in kernel/kprobes.c), and RCU's
  // softirq may interrupt the handling of that one.
  if (functions.bpf_free_inode === null) await guest.writeFile(`${TRACING}/events/kprobes/free/enable`, '1');
  if (functions.free_inode_nonrcu === null) await guest.writeFile(`${TRACING}/events/kprobes/freed/enable`, '1');
  const steps = await root.errnos({
    unlinkSymlink: syscall('unlink', '/mnt/symlink'),
    unlinkPin: syscall('unlink', '/mnt/pin'),
  });
  /** Who frees the inode of that mode; on 7.3 bpf_free_inode does so without free_inode_nonrcu. A grace period ends when it likes, even before unlink returns: the callback tells itself. */
  const freed = async (mode: string) => {
    const line = new RegExp(`-(\\d+) +\\[\\d+\\] (\\S+) .*freed?: .*mode=${mode}$`, 'm');
    for (const givenUpAt = performance.now() + LIMIT_MS; performance.now() < givenUpAt; await sleep(20)) {
      const [, pid, flags] = line.exec(await guest.readFile(`${TRACING}/trace`)) ?? [];
      if (pid !== undefined) return Number(pid) === root.pid && !inSoftirq(flags) ? 'during unlink' : 'after unlink';
    }
    return `not within ${LIMIT_MS / 1000} s`;
  };
  return {
    steps,
    functions,
    symlink: await freed('0xa1ff'),
    pin: await freed('0x8180'),
  };
});
