import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTING, Scheduled, traceOf } from './schedule.test-support.ts';

let scheduled: Scheduled;
beforeAll(async () => {
  scheduled = await Scheduled.create();
});
afterAll(() => scheduled[Symbol.asyncDispose]());

const UNDER_EMULATION = 600_000;

test('a seed gives the same run again, and another seed another', { timeout: UNDER_EMULATION }, async () => {
  const first = await scheduled.run('counting.c', COUNTING, 1);
  const again = await scheduled.run('counting.c', COUNTING, 1);
  const other = await scheduled.run('counting.c', COUNTING, 2);
  expect(first).toMatchObject({ failure: undefined, outcome: { observations: { exitCode: 0 } } });
  expect(traceOf(again)).toBe(traceOf(first));
  expect(traceOf(other)).not.toBe(traceOf(first));
});

test('observations, output, two CPUs and random numbers of a seed', { timeout: UNDER_EMULATION }, async () => {
  const script = 'observe cpus "$(nproc)"\nobserve boot "$(cat /proc/sys/kernel/random/boot_id)"\ndate +%Y\nexit 3\n';
  const first = await scheduled.run('facts.sh', script, 7);
  const again = await scheduled.run('facts.sh', script, 7);
  expect(first).toMatchObject({
    failure: undefined,
    outcome: { observations: { cpus: '2', exitCode: 3, output: '2026' }, oracles: { splats: [], taints: [] } },
  });
  expect(again).toEqual(first);
});

test('a panic is the kernel, a reboot the case, and a warning is seen', { timeout: UNDER_EMULATION }, async () => {
  const panic = await scheduled.run('panic.sh', 'echo c >/proc/sysrq-trigger\n', 1);
  expect(panic).toMatchObject({ failure: { blame: 'kernel', code: 'KC_GUEST_PANIC' } });
  expect(panic).toMatchObject({ outcome: { observations: undefined } });
  const reboot = await scheduled.run('reboot.sh', 'reboot -f\n', 1);
  expect(reboot).toMatchObject({ failure: { blame: 'case', code: 'KC_GUEST_ENDED' } });
  const warning = await scheduled.run(
    'warn.sh',
    'echo "<4>WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2" >/dev/kmsg\n',
    1,
  );
  expect(warning).toMatchObject({ failure: undefined, outcome: { oracles: { splats: [{ kind: 'WARNING' }] } } });
});

test('a scenario that does not end is stopped on the clock of its guest', { timeout: UNDER_EMULATION }, async () => {
  const run = await scheduled.run('endless.sh', 'echo begun\nwhile :; do :; done\n', 1, 1000);
  expect(run).toMatchObject({
    failure: { blame: 'case', code: 'KC_SCENARIO_TIMEOUT', evidence: { output: 'begun\n' } },
  });
});

test('a process that not even SIGKILL ends is the fault of the kernel', { timeout: UNDER_EMULATION }, async () => {
  // The first version of the cgroup freezer leaves what it has frozen asleep, SIGKILL or not.
  const script = `mount -t cgroup -o freezer freezer /mnt; mkdir /mnt/frozen; sleep 1000 &
echo $! >/mnt/frozen/cgroup.procs; echo FROZEN >/mnt/frozen/freezer.state; wait\n`;
  const run = await scheduled.run('stuck.sh', script, 1, 1000);
  expect(run).toMatchObject({ failure: { code: 'KC_STUCK', blame: 'kernel' } });
});

test('with schedule 0, half an hour of sleep ends at once', { timeout: UNDER_EMULATION }, async () => {
  const script = 'sleep 1800\nobserve up "$(cut -d. -f1 /proc/uptime)"\n';
  const run = await scheduled.run('sleep.sh', script, 0, 3_000_000);
  expect(run).toMatchObject({
    failure: undefined,
    outcome: { observations: { up: expect.stringMatching(/^18\d\d$/) } },
  });
});

test('a pacer that the scenario kills is an error, and no result', { timeout: UNDER_EMULATION }, async () => {
  const run = await scheduled.run('kill.sh', 'kill -9 -1\necho alone\n', 1);
  const message = expect.stringContaining('the pacer of the schedule ended before the command');
  expect(run).toMatchObject({ failure: { code: 'KC_GUEST_INIT', message }, outcome: { observations: undefined } });
});
