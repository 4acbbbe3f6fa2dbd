import { GuestBuffer, scenario, syscall, time } from 'kconform';

const HOUR = 3600;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const id = new GuestBuffer(Buffer.alloc(4), true);
  const event = time.SIGEVENT.make({ sigev_notify: time.SIGEV.NONE });
  const created = await root.batch([syscall('timer_create', time.CLOCK.MONOTONIC, event, id)]);
  const timer = created.contents.get(id)?.readInt32LE(0) ?? -1;
  const left = time.ITIMERSPEC.make({}, { out: true });
  const { calls, contents } = await root.batch([
    syscall('timer_settime', timer, 0, time.ITIMERSPEC.make({ 'it_value.tv_sec': HOUR }), null),
    syscall('timer_settime', timer, 0, time.ITIMERSPEC.make({}), null),
    syscall('timer_gettime', timer, left),
  ]);
  const seconds = time.ITIMERSPEC.read(contents.get(left) ?? left.bytes)['it_value.tv_sec'];
  return { errnos: calls.map(({ last }) => last.errno), disarmed: seconds === 0n };
});
