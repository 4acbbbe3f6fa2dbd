import { perf, scenario } from 'kconform';

const { ATTR, SAMPLE, SOFTWARE, TYPE } = perf;

export default scenario(async ({ guest }) => {
  await guest.writeFile('/proc/sys/kernel/perf_event_paranoid', '2');
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  return await user.errnos({
    without: perf.open({
      type: TYPE.SOFTWARE,
      config: SOFTWARE.CPU_CLOCK,
      sample_period: 1000000,
      sample_type: SAMPLE.CALLCHAIN,
      flags: ATTR.EXCLUDE_KERNEL | ATTR.EXCLUDE_CALLCHAIN_KERNEL,
    }),
    with: perf.open({
      type: TYPE.SOFTWARE,
      config: SOFTWARE.CPU_CLOCK,
      sample_period: 1000000,
      sample_type: SAMPLE.CALLCHAIN,
      flags: ATTR.EXCLUDE_KERNEL,
    }),
  });
});
