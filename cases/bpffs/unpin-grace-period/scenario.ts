import { GuestBuffer, scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { newMap, pin } from '../objects.ts';

const TRACING = '/sys/kernel/tracing';
const MEMBARRIER_CMD_GLOBAL = 1;
const O_WRONLY_APPEND = 0o2001;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && ln -s target /mnt/symlink`;
  const map = await newMap(root);
  await root.errnos({ pin: pin('/mnt/pin', map) });
  // A probe of a function that the kernel has not is refused; /proc/kallsyms takes seconds to read.
  const events = (await root.open(`${TRACING}/kprobe_events`, O_WRONLY_APPEND)).fd;
  const probe = (definition: string) =>
    sys('write', events, new GuestBuffer(Buffer.from(definition)), definition.length);
  const functions = await root.errnos({
    bpf_destroy_inode: probe('p:destroy bpf_destroy_inode'),
    bpf_free_inode: probe('p:free bpf_free_inode mode=+0(%di):x16'),
    free_inode_nonrcu: probe('p:freed free_inode_nonrcu mode=+0(%di):x16'),
  });
  await guest.writeFile(`${TRACING}/events/kprobes/enable`, '1');
  const marker = (await root.open(`${TRACING}/trace_marker`, 1)).fd;
  const note = (text: string) => sys('write', marker, new GuestBuffer(Buffer.from(text)), text.length);
  const steps = await root.errnos({
    before: note('before'),
    unlinkSymlink: sys('unlink', '/mnt/symlink'),
    unlinkPin: sys('unlink', '/mnt/pin'),
    after: note('after'),
    // Two grace periods: the callbacks of the first have then been queued before the second began.
    gracePeriod: sys('membarrier', MEMBARRIER_CMD_GLOBAL, 0),
    nextGracePeriod: sys('membarrier', MEMBARRIER_CMD_GLOBAL, 0),
  });
  /** When the inode of that mode was freed: while it was unlinked, or later. */
  const freed = async (mode: string) => {
    for (let round = 0; round < 50; round++) {
      const trace = await guest.readFile(`${TRACING}/trace`);
      const between = trace.split('before\n')[1] ?? '';
      const [during = '', later = ''] = between.split('after\n');
      if (during.includes(`mode=${mode}`)) return 'during unlink';
      if (later.includes(`mode=${mode}`)) return 'after unlink';
      await root.syscall('membarrier', MEMBARRIER_CMD_GLOBAL, 0);
    }
    return 'not within 50 grace periods';
  };
  return {
    steps,
    functions,
    symlink: await freed('0xa1ff'),
    pin: await freed('0x8180'),
  };
});
